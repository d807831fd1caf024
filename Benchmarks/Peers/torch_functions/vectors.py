"""Layers of vectors and of sequences of them."""
import math

import torch
from torch.nn import functional

from torch_functions import KERNEL_2D, Row, TRANSPOSED


def recurrent(module):
    """A recurrent module of one layer whose parameters are operands."""

    def function(x, kernel, recurrent_kernel, bias, other_bias):
        key = (x.shape[-1], recurrent_kernel.shape[1])
        if key not in modules:
            modules[key] = module(*key, batch_first=True)
        weights = {
            "weight_ih_l0": kernel, "weight_hh_l0": recurrent_kernel, "bias_ih_l0": bias,
            "bias_hh_l0": other_bias}
        return torch.func.functional_call(modules[key], weights, (x,))[0]

    modules = {}
    return function


def with_one_bias(module):
    run = recurrent(module)

    def function(x, kernel, recurrent_kernel, bias):
        return run(x, kernel, recurrent_kernel, bias, torch.zeros_like(bias))

    return Row(function, kernel=TRANSPOSED, recurrent_kernel=TRANSPOSED)


def gated_recurrent_unit():
    run = recurrent(torch.nn.GRU)

    def function(x, kernel, recurrent_kernel, bias, recurrent_bias):
        # Ours is the candidate's part alone.
        other = torch.cat([torch.zeros(2 * len(recurrent_bias)), recurrent_bias])
        return run(x, kernel, recurrent_kernel, bias, other)

    return Row(function, kernel=TRANSPOSED, recurrent_kernel=TRANSPOSED)


def conv_lstm(x, kernel, recurrent_kernel, bias):
    """Steps of images `[batch, steps, channels, height, width]`; PyTorch has no such layer."""
    batch, steps, _, height, width = x.shape
    units = recurrent_kernel.shape[1]
    hidden = cell = x.new_zeros(batch, units, height, width)
    outputs = []
    for step in range(steps):
        gates = functional.conv2d(x[:, step], kernel, bias, padding=1) + functional.conv2d(
            hidden, recurrent_kernel, padding=1)
        i, f, g, o = gates.chunk(4, 1)
        cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
        hidden = torch.sigmoid(o) * torch.tanh(cell)
        outputs.append(hidden)
    return torch.stack(outputs, 1)


def graph_convolution(x, adjacency, kernel, bias):
    connected = adjacency + torch.eye(len(adjacency))
    inverse = connected.sum(1).rsqrt()
    return (inverse[:, None] * connected * inverse) @ (x @ kernel) + bias


def feed_forward(x, kernel, bias, output_kernel, output_bias):
    hidden = functional.gelu(functional.linear(x, kernel, bias))
    return functional.linear(hidden, output_kernel, output_bias)


def mixture_of_experts(x, scores, kernel, output_kernel):
    """The usual loop over experts, each of which computes its own rows."""
    chosen, experts = scores.topk(2, -1)
    weights = chosen.softmax(-1)
    result = torch.zeros_like(x)
    for expert in range(len(kernel)):
        rows, places = torch.where(experts == expert)
        hidden = functional.relu(x[rows] @ kernel[expert])
        result = result.index_add(0, rows, (hidden @ output_kernel[expert]) * weights[rows, places, None])
    return result


def grouped_attention(query, key, value):
    def heads(x, count):
        return x.unflatten(-1, (count, -1)).transpose(1, 2)

    result = functional.scaled_dot_product_attention(
        heads(query, 8), heads(key, 2), heads(value, 2), enable_gqa=True)
    return result.transpose(1, 2).flatten(2)


def linear_bias_attention(query, key, value):
    heads, tokens = query.shape[1:3]
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads)
    positions = torch.arange(tokens)
    distances = (positions[None, :] - positions[:, None]).abs()
    bias = -slopes[:, None, None] * distances
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)


def rotary_positions(x):
    heads, base = 8, 10000.0
    batch, tokens, features = x.shape
    size = features // heads
    rates = base ** (-torch.arange(0, size, 2) / size)
    angles = torch.arange(tokens)[:, None] * rates
    cosine, sine = angles.cos()[:, None], angles.sin()[:, None]
    first, second = x.view(batch, tokens, heads, size).chunk(2, -1)
    turned = torch.cat(
        [first * cosine - second * sine, second * cosine + first * sine], -1)
    return turned.flatten(2)


def sinusoidal_positions(x):
    base = 10000.0
    tokens, features = x.shape[1:]
    rates = torch.exp(-math.log(base) * torch.arange(0, features, 2) / features)
    angles = torch.arange(tokens)[:, None] * rates
    return x + torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def spectral_norm(kernel, left, right):
    with torch.no_grad():
        right = functional.normalize(kernel @ left, dim=0)
        left = functional.normalize(kernel.T @ right, dim=0)
    return kernel / torch.dot(left, kernel.T @ right)


def weight_norm(kernel, scale):
    return torch._weight_norm(kernel, scale[None, :], 1)


def random(function):
    return Row(function, random=True)


ROWS = {
    "dense": Row(
        lambda x, kernel, bias: functional.linear(x, kernel, bias), kernel=TRANSPOSED),
    "bilinear": Row(lambda first, second, kernel, bias: functional.bilinear(
        first, second, kernel, bias)),
    "bias": Row(lambda x, bias: x + bias),
    "embedding": Row(lambda ids, table: functional.embedding(ids, table)),
    "graph_convolution": Row(graph_convolution),
    "feed_forward": Row(feed_forward, kernel=TRANSPOSED, output_kernel=TRANSPOSED),
    "mixture_of_experts": Row(mixture_of_experts),
    "layer_norm": Row(
        lambda x, scale, offset: functional.layer_norm(x, scale.shape, scale, offset)),
    "rms_norm": Row(lambda x, scale: functional.rms_norm(x, scale.shape, scale, eps=1e-6)),
    "weight_norm": Row(weight_norm),
    "spectral_norm": Row(spectral_norm),
    "dropout": random(lambda x: functional.dropout(x, 0.5)),
    "alpha_dropout": random(lambda x: functional.alpha_dropout(x, 0.5, training=True)),
    "gaussian_noise": random(lambda x: x + 0.5 * torch.randn_like(x)),
    "gaussian_dropout": random(lambda x: x * (1 + torch.randn_like(x))),
    "simple_rnn": with_one_bias(torch.nn.RNN),
    "lstm": with_one_bias(torch.nn.LSTM),
    "gru": gated_recurrent_unit(),
    "conv_lstm": Row(
        conv_lstm, x=(0, 1, 4, 2, 3), kernel=KERNEL_2D, recurrent_kernel=KERNEL_2D,
        output=(0, 1, 4, 2, 3)),
    "attention": Row(lambda query, key, value: functional.scaled_dot_product_attention(
        query, key, value)),
    "causal_attention": Row(
        lambda query, key, value: functional.scaled_dot_product_attention(
            query, key, value, is_causal=True)),
    "grouped_attention": Row(grouped_attention),
    "linear_bias_attention": Row(linear_bias_attention),
    "rotary_positions": Row(rotary_positions),
    "sinusoidal_positions": Row(sinusoidal_positions),
}
