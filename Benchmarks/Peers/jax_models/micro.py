"""Single operations, as functions of the operands' names and values."""
from jax import lax, nn
from jax import numpy as jnp


def affine_gelu(x, w, b):
    return nn.gelu(x * w + b, approximate=False)


def residual_layer_norm(x, r, scale, offset):
    x = x + r
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * scale + offset


def softmax(x):
    return nn.softmax(x)


def sum_over_columns(x):
    return x.sum(1)


def sum_over_rows(x):
    return x.sum(0)


def sum_over_all(x):
    return x.sum()


def product(a, b):
    return jnp.matmul(a, b)
