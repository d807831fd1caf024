"""A small convolutional network."""
from jax import nn

from .layers import convolution, dense, max_pool


def cnn(m, x):
    """Two convolutions, a pooling and two dense layers."""
    x = nn.relu(convolution(m, "conv_0", x))
    x = nn.relu(convolution(m, "conv_1", x))
    x = max_pool(x, 2, 2).reshape(x.shape[0], -1)
    return dense(m, "dense_1", nn.relu(dense(m, "dense_0", x)))
