"""ResNet-18."""
from torch import nn

from .layers import batch_norm, convolution, dense


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, tensors, path, stride):
        super().__init__()
        self.first = nn.Sequential(
            convolution(tensors, f"{path}/conv_0", stride, 1),
            batch_norm(tensors, f"{path}/batch_norm_0"), nn.ReLU(inplace=True))
        self.second = nn.Sequential(
            convolution(tensors, f"{path}/conv_1", 1, 1),
            batch_norm(tensors, f"{path}/batch_norm_1"))
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            convolution(tensors, f"{path}/conv_2", stride),
            batch_norm(tensors, f"{path}/batch_norm_2"))
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.activation(self.second(self.first(x)) + self.shortcut(x))


def resnet(tensors):
    """A stem, eight blocks and a dense layer."""
    strides = [1, 1, 2, 1, 2, 1, 2, 1]
    return nn.Sequential(
        convolution(tensors, "conv_0", 2, 3), batch_norm(tensors, "batch_norm_0"),
        nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        *[Block(tensors, f"block_{i}", stride) for i, stride in enumerate(strides)],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), dense(tensors, "dense_0"))
