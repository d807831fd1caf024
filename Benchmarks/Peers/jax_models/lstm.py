"""A recurrent network."""
from jax import lax, nn
from jax import numpy as jnp

from .layers import dense


def lstm(m, x):
    """An LSTM and a dense layer on its last output."""
    recurrent = m["lstm_0/recurrent_kernel"]

    def step(carry, projection):
        hidden, cell = carry
        i, f, g, o = jnp.split(projection + hidden @ recurrent, 4, axis=-1)
        cell = nn.sigmoid(f) * cell + nn.sigmoid(i) * jnp.tanh(g)
        return (nn.sigmoid(o) * jnp.tanh(cell), cell), None

    # What depends on the input alone is one product for all steps.
    projections = x.swapaxes(0, 1) @ m["lstm_0/kernel"] + m["lstm_0/bias"]
    zeros = jnp.zeros((x.shape[0], recurrent.shape[0]))
    (hidden, _), _ = lax.scan(step, (zeros, zeros), projections)
    return dense(m, "dense_0", hidden)
