"""Activations."""
import torch
from torch.nn import functional

from torch_functions import Row

FUNCTIONS = {
    "celu": functional.celu,
    "elu": functional.elu,
    "exp": torch.exp,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "hard_sigmoid": functional.hardsigmoid,
    "hard_silu": functional.hardswish,
    "hard_tanh": functional.hardtanh,
    "leaky_relu": functional.leaky_relu,
    "log_sigmoid": functional.logsigmoid,
    "log_softmax": lambda x: functional.log_softmax(x, -1),
    "mish": functional.mish,
    "relu": functional.relu,
    "relu6": functional.relu6,
    "selu": functional.selu,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "softmax": lambda x: functional.softmax(x, -1),
    "softmin": lambda x: functional.softmin(x, -1),
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "squared_relu": lambda x: functional.relu(x).square(),
    "tanh": torch.tanh,
    "threshold": lambda x: functional.threshold(x, 0, 0),
    "glu": functional.glu,
}


def of(function):
    """A row whose operand is called x, whatever the function calls it."""
    return Row(lambda x: function(x))


def swiglu(x):
    a, b = x.chunk(2, -1)
    return a * functional.silu(b)


def geglu(x):
    a, b = x.chunk(2, -1)
    return a * functional.gelu(b)


ROWS = {name: of(function) for name, function in FUNCTIONS.items()}
ROWS |= {
    "prelu": Row(lambda x, slope: functional.prelu(x, slope)),
    "swiglu": Row(swiglu),
    "geglu": Row(geglu),
}
