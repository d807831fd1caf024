"""Layers, as functions of their input and parameters."""
import torch
from torch.nn import functional

from torch_functions import (
    IMAGES, KERNEL_1D, KERNEL_2D, KERNEL_3D, Row, SEQUENCES, TRANSPOSED, VOLUMES)


def recurrent(module):
    """A recurrent module of one layer whose parameters are operands."""

    def function(x, kernel, recurrent_kernel, bias, other_bias):
        units = recurrent_kernel.shape[1]
        key = (x.shape[-1], units)
        if key not in modules:
            modules[key] = module(*key, batch_first=True)
        weights = {
            "weight_ih_l0": kernel, "weight_hh_l0": recurrent_kernel, "bias_ih_l0": bias,
            "bias_hh_l0": other_bias}
        return torch.func.functional_call(modules[key], weights, (x,))[0]

    modules = {}
    return function


def attention(query, key, value):
    return functional.scaled_dot_product_attention(query, key, value)


def causal_attention(query, key, value):
    return functional.scaled_dot_product_attention(query, key, value, is_causal=True)


def row_of_lstm():
    lstm = recurrent(torch.nn.LSTM)

    def function(x, kernel, recurrent_kernel, bias):
        return lstm(x, kernel, recurrent_kernel, bias, torch.zeros_like(bias))

    return Row(function, kernel=TRANSPOSED, recurrent_kernel=TRANSPOSED)


def row_of_gru():
    gru = recurrent(torch.nn.GRU)

    def function(x, kernel, recurrent_kernel, bias, recurrent_bias):
        # Ours is the candidate's part alone.
        other = torch.cat([torch.zeros(2 * len(recurrent_bias)), recurrent_bias])
        return gru(x, kernel, recurrent_kernel, bias, other)

    return Row(function, kernel=TRANSPOSED, recurrent_kernel=TRANSPOSED)


def images(function, **orders):
    return Row(function, x=IMAGES, output=IMAGES, **orders)


ROWS = {
    "dense": Row(
        lambda x, kernel, bias: functional.linear(x, kernel, bias), kernel=TRANSPOSED),
    "embedding": Row(lambda ids, table: functional.embedding(ids, table)),
    "convolution_1d": Row(
        lambda x, kernel, bias: functional.conv1d(x, kernel, bias, padding=1),
        x=SEQUENCES, kernel=KERNEL_1D, output=SEQUENCES),
    "convolution_2d": images(
        lambda x, kernel, bias: functional.conv2d(x, kernel, bias, padding=1), kernel=KERNEL_2D),
    "convolution_2d_strided": images(
        lambda x, kernel, bias: functional.conv2d(x, kernel, bias, padding=1, stride=2),
        kernel=KERNEL_2D),
    "convolution_3d": Row(
        lambda x, kernel, bias: functional.conv3d(x, kernel, bias, padding=1),
        x=VOLUMES, kernel=KERNEL_3D, output=VOLUMES),
    "transposed_convolution_2d": images(
        lambda x, kernel, bias: functional.conv_transpose2d(x, kernel, bias, stride=2),
        kernel=KERNEL_2D),
    "depthwise_convolution_2d": images(
        lambda x, kernel, bias: functional.conv2d(
            x, kernel, bias, padding=1, groups=x.shape[1]), kernel=KERNEL_2D),
    "max_pool_2d": images(lambda x: functional.max_pool2d(x, 2)),
    "max_pool_2d_overlapping": images(
        lambda x: functional.max_pool2d(x, 3, stride=2, padding=1)),
    "average_pool_2d": images(lambda x: functional.avg_pool2d(x, 2)),
    "global_average_pool_2d": Row(lambda x: x.mean((2, 3)), x=IMAGES),
    "global_max_pool_2d": Row(lambda x: x.amax((2, 3)), x=IMAGES),
    "batch_norm": images(
        lambda x, scale, offset: functional.batch_norm(
            x, None, None, scale, offset, training=True)),
    "layer_norm": Row(
        lambda x, scale, offset: functional.layer_norm(x, scale.shape, scale, offset)),
    "rms_norm": Row(lambda x, scale: functional.rms_norm(x, scale.shape, scale, eps=1e-6)),
    "group_norm": images(
        lambda x, scale, offset: functional.group_norm(x, 8, scale, offset)),
    "dropout": Row(lambda x: functional.dropout(x, 0.5), random=True),
    "lstm": row_of_lstm(),
    "gru": row_of_gru(),
    "attention": Row(attention),
    "causal_attention": Row(causal_attention),
}
