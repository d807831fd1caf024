"""ResNet-18."""
from jax import nn

from .layers import batch_norm, convolution, dense, max_pool


def block(m, path, x, stride):
    """Two convolutions beside a shortcut."""
    y = batch_norm(m, f"{path}/batch_norm_0", convolution(m, f"{path}/conv_0", x, stride, 1))
    y = convolution(m, f"{path}/conv_1", nn.relu(y), 1, 1)
    y = batch_norm(m, f"{path}/batch_norm_1", y)
    if stride != 1:
        x = batch_norm(m, f"{path}/batch_norm_2", convolution(m, f"{path}/conv_2", x, stride))
    return nn.relu(y + x)


def resnet(m, x):
    """A stem, eight blocks and a dense layer."""
    x = nn.relu(batch_norm(m, "batch_norm_0", convolution(m, "conv_0", x, 2, 3)))
    x = max_pool(x, 3, 2, 1)
    for i, stride in enumerate([1, 1, 2, 1, 2, 1, 2, 1]):
        x = block(m, f"block_{i}", x, stride)
    return dense(m, "dense_0", x.mean((1, 2)))
