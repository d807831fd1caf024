"""The workloads' models in PyTorch, made from our parameters.

Ours have channels last and kernels [size..., in, out]; PyTorch has channels first and the
reverse order of axes.
"""
import torch
from torch import nn


def _assign(module, weight, bias):
    with torch.no_grad():
        module.weight.copy_(weight)
        module.bias.copy_(bias)
    return module


def dense(tensors, path, rows=None):
    """A dense layer; `rows` brings the kernel's rows, of our flattening, into PyTorch's order."""
    kernel = torch.from_numpy(tensors[f"parameters/{path}/kernel"])
    if rows is not None:
        kernel = kernel[rows]
    layer = nn.Linear(*kernel.shape)
    return _assign(layer, kernel.T, torch.from_numpy(tensors[f"parameters/{path}/bias"]))


def convolution(tensors, path):
    """A convolution without padding."""
    kernel = torch.from_numpy(tensors[f"parameters/{path}/kernel"])
    height, width, inputs, filters = kernel.shape
    layer = nn.Conv2d(inputs, filters, (height, width))
    bias = torch.from_numpy(tensors[f"parameters/{path}/bias"])
    return _assign(layer, kernel.permute(3, 2, 0, 1), bias)


def flattened_rows(height, width, channels):
    """Positions in a flattened [height, width, channels], in the order of channels first."""
    positions = torch.arange(height * width * channels)
    return positions.reshape(height, width, channels).permute(2, 0, 1).flatten()


def features(tensors):
    """The input as it is."""
    return torch.from_numpy(tensors["inputs/x"])


def images(tensors):
    """The input with channels first."""
    return features(tensors).permute(0, 3, 1, 2).contiguous()


def mlp(tensors):
    """Three dense layers."""
    return nn.Sequential(
        dense(tensors, "dense_0"), nn.ReLU(), dense(tensors, "dense_1"), nn.ReLU(),
        dense(tensors, "dense_2"))


def cnn(tensors):
    """Two convolutions, a pooling and two dense layers."""
    return nn.Sequential(
        convolution(tensors, "conv_0"), nn.ReLU(), convolution(tensors, "conv_1"), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), dense(tensors, "dense_0", flattened_rows(12, 12, 64)),
        nn.ReLU(), dense(tensors, "dense_1"))
