"""A perceptron."""
from jax import nn

from .layers import dense


def mlp(m, x):
    """Three dense layers."""
    x = nn.relu(dense(m, "dense_0", x))
    x = nn.relu(dense(m, "dense_1", x))
    return dense(m, "dense_2", x)
