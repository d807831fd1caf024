"""A perceptron."""
from torch import nn

from .layers import dense


def mlp(tensors):
    """Three dense layers."""
    return nn.Sequential(
        dense(tensors, "dense_0"), nn.ReLU(), dense(tensors, "dense_1"), nn.ReLU(),
        dense(tensors, "dense_2"))
