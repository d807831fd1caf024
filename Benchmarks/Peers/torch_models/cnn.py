"""A small convolutional network."""
from torch import nn

from .layers import convolution, dense, flattened_rows


def cnn(tensors):
    """Two convolutions, a pooling and two dense layers."""
    return nn.Sequential(
        convolution(tensors, "conv_0"), nn.ReLU(), convolution(tensors, "conv_1"), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), dense(tensors, "dense_0", flattened_rows(12, 12, 64)),
        nn.ReLU(), dense(tensors, "dense_1"))
