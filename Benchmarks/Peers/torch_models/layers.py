"""Layers from our parameters, which several models use."""
import torch
from torch import nn
from torch.nn import functional


def parameter(tensors, path):
    """One of our parameters."""
    return torch.from_numpy(tensors[f"parameters/{path}"])


def assign(module, **values):
    """Gives a module's parameters and buffers values."""
    with torch.no_grad():
        for name, value in values.items():
            target = getattr(module, name)
            assert target.shape == value.shape, (name, target.shape, value.shape)
            target.copy_(value)
    return module


def dense(tensors, path, rows=None, prefix=""):
    """A dense layer; `rows` brings the kernel's rows, of our flattening, into PyTorch's order."""
    kernel = parameter(tensors, f"{path}/{prefix}kernel")
    if rows is not None:
        kernel = kernel[rows]
    layer = nn.Linear(*kernel.shape)
    return assign(layer, weight=kernel.T, bias=parameter(tensors, f"{path}/{prefix}bias"))


def convolution(tensors, path, stride=1, padding=0):
    """A convolution of two axes, with a bias if we have one."""
    kernel = parameter(tensors, f"{path}/kernel").permute(3, 2, 0, 1)
    filters, inputs, *size = kernel.shape
    has_bias = f"parameters/{path}/bias" in tensors
    layer = nn.Conv2d(inputs, filters, size, stride, padding, bias=has_bias)
    values = {"bias": parameter(tensors, f"{path}/bias")} if has_bias else {}
    return assign(layer, weight=kernel, **values)


def batch_norm(tensors, path):
    """Batch norm with our running statistics; its momentum is the weight of the new value."""
    scale = parameter(tensors, f"{path}/scale")
    return assign(
        nn.BatchNorm2d(len(scale), eps=1e-5, momentum=0.1), weight=scale,
        bias=parameter(tensors, f"{path}/offset"),
        running_mean=torch.from_numpy(tensors[f"state/{path}/mean"]),
        running_var=torch.from_numpy(tensors[f"state/{path}/variance"]))


def flattened_rows(height, width, channels):
    """Positions in a flattened [height, width, channels], in the order of channels first."""
    positions = torch.arange(height * width * channels)
    return positions.reshape(height, width, channels).permute(2, 0, 1).flatten()


def inputs(tensors):
    """The input as it is."""
    return torch.from_numpy(tensors["inputs/x"])


def images(tensors):
    """The input with channels first."""
    return inputs(tensors).permute(0, 3, 1, 2).contiguous()


def tokens(tensors):
    """The input as positions in a table."""
    return inputs(tensors).long()


def layer_norm(tensors, path):
    """Layer norm over the last axis."""
    scale = parameter(tensors, f"{path}/scale")
    return assign(
        nn.LayerNorm(len(scale), eps=1e-5), weight=scale,
        bias=parameter(tensors, f"{path}/offset"))


class Attention(nn.Module):
    """Self-attention with one kernel for queries, keys and values."""

    def __init__(self, tensors, path, heads, is_causal=False):
        super().__init__()
        self.heads = heads
        self.is_causal = is_causal
        self.projections = dense(tensors, path)
        self.output = dense(tensors, path, prefix="output_")

    def forward(self, x):
        batch, tokens, features = x.shape
        q, k, v = (
            projection.view(batch, tokens, self.heads, features // self.heads).transpose(1, 2)
            for projection in self.projections(x).split(features, dim=2))
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=self.is_causal)
        return self.output(y.transpose(1, 2).reshape(batch, tokens, features))
