"""Layers that several models use; layouts are ours."""
from jax import lax, nn
from jax import numpy as jnp


class Model:
    """Parameters and layer state by path, while a model is computed."""

    def __init__(self, parameters, state, is_training):
        self.parameters = parameters
        self.state = state
        self.is_training = is_training
        self.new_state = {}

    def __getitem__(self, path):
        return self.parameters[path]


def dense(m, path, x, prefix=""):
    return x @ m[f"{path}/{prefix}kernel"] + m[f"{path}/{prefix}bias"]


def convolution(m, path, x, stride=1, padding=0):
    """A convolution of two axes, with a bias if we have one."""
    y = lax.conv_general_dilated(
        x, m[f"{path}/kernel"], (stride, stride), [(padding, padding)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"))
    bias = f"{path}/bias"
    return y + m[bias] if bias in m.parameters else y


def max_pool(x, size, stride, padding=0):
    around = (0, 0), (padding, padding), (padding, padding), (0, 0)
    return lax.reduce_window(
        x, -jnp.inf, lax.max, (1, size, size, 1), (1, stride, stride, 1), around)


def batch_norm(m, path, x):
    """Each channel normalized by the batch's statistics, or by running ones in prediction."""
    mean, variance = m.state[f"{path}/mean"], m.state[f"{path}/variance"]
    if m.is_training:
        running = mean, variance
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes)
        m.new_state[f"{path}/mean"] = 0.9 * running[0] + 0.1 * lax.stop_gradient(mean)
        m.new_state[f"{path}/variance"] = 0.9 * running[1] + 0.1 * lax.stop_gradient(variance)
    factor = lax.rsqrt(variance + 1e-5) * m[f"{path}/scale"]
    return (x - mean) * factor + m[f"{path}/offset"]


def layer_norm(m, path, x):
    """Layer norm over the last axis."""
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * m[f"{path}/scale"] + m[f"{path}/offset"]


def attention(m, path, x, heads, is_causal=False):
    """Self-attention with one kernel for queries, keys and values."""
    batch, tokens, features = x.shape
    projections = dense(m, path, x)
    q, k, v = (
        y.reshape(batch, tokens, heads, features // heads)
        for y in jnp.split(projections, 3, axis=-1))
    scores = jnp.einsum("bqhf,bkhf->bhqk", q, k) / (features // heads) ** 0.5
    if is_causal:
        scores = jnp.where(jnp.tri(tokens, dtype=bool), scores, -jnp.inf)
    y = jnp.einsum("bhqk,bkhf->bqhf", nn.softmax(scores), v)
    return dense(m, path, y.reshape(batch, tokens, features), "output_")
