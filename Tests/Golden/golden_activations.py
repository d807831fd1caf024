"""Golden values of activations, and of functions beside them that change shapes.

`make_activations` computes with PyTorch in float64. `check_activations` computes
with NumPy by other formulas where there are some, and compares gradients with
finite differences of that. Every case is there twice: with inputs and results
of float32, and with those of float64. No input lies on a kink.
"""

import math

import numpy as np

TYPES = {"f32": np.float32, "f64": np.float64}
# Infinity times 0 lurks far out, and lost digits close to 0.
EXTREMES = {
    "f32": [-1e4, -100, -5.5, -1e-40, 1e-40, 5.5, 100, 1e4],
    "f64": [-1e4, -100, -5.5, -1e-310, 1e-310, 5.5, 100, 1e4],
}


def torch_functions():
    import torch
    import torch.nn.functional as F

    def gelu(x):
        # PyTorch's own subtracts numbers near 1 on the left.
        return x / 2 * torch.special.erfc(-x / math.sqrt(2))

    def gelu_tanh(x):
        # Of the same form: 1 + tanh(u) is 2 sigmoid(2u).
        return x * torch.sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))

    def halves(function):
        def gated(x, axis=-1, gate="second"):
            a, b = torch.chunk(x, 2, axis)
            return b * function(a) if gate == "first" else a * function(b)

        return gated

    def glu(x, axis=-1, gate="second"):
        return halves(torch.sigmoid)(x, axis, gate) if gate == "first" else F.glu(x, axis)

    def hard_sigmoid(x, alpha=1 / 6, beta=0.5):
        # PyTorch's own has the derivative 1/6 of float32 in float64 too.
        return torch.clamp(x + beta / alpha, 0, 1 / alpha) * alpha

    def hard_silu(x, alpha=1 / 6, beta=0.5):
        return F.hardswish(x) if alpha == 1 / 6 else x * hard_sigmoid(x, alpha, beta)

    def prelu(x, slope, axis=-1):
        if slope.ndim == 0:
            slope = slope.reshape(1)
        return F.prelu(x.movedim(axis, 1), slope).movedim(1, axis)

    return {
        "celu": F.celu,
        "elu": F.elu,
        "exp": torch.exp,
        "gelu": gelu,
        "gelu_tanh": gelu_tanh,
        "hard_sigmoid": hard_sigmoid,
        "hard_silu": hard_silu,
        "hard_tanh": lambda x, low=-1.0, high=1.0: F.hardtanh(x, low, high),
        "leaky_relu": lambda x, alpha=0.01: F.leaky_relu(x, alpha),
        "linear": lambda x: x * 1,
        "log_sigmoid": F.logsigmoid,
        "log_softmax": lambda x, axis=-1: F.log_softmax(x, axis),
        "log_sum_exp": lambda x, axis=-1: torch.logsumexp(x, axis, keepdim=True),
        "mish": F.mish,
        "relu": F.relu,
        "relu6": F.relu6,
        "selu": F.selu,
        "sigmoid": torch.sigmoid,
        "silu": F.silu,
        "softmax": lambda x, axis=-1: F.softmax(x, axis),
        "softmin": lambda x, axis=-1: F.softmin(x, axis),
        # PyTorch's own threshold of 20 drops digits that float64 has.
        "softplus": lambda x: F.softplus(x, threshold=300),
        "softsign": F.softsign,
        "squared_relu": lambda x: F.relu(x) ** 2,
        "tanh": torch.tanh,
        "threshold": lambda x, threshold=0.0, value=0.0: F.threshold(x, threshold, value),
        "glu": glu,
        "swiglu": halves(F.silu),
        "geglu": halves(gelu),
        "prelu": prelu,
    }


# What is tried besides the defaults: options for a second and a third case.
OPTIONS = {
    "celu": [{"alpha": 0.5}, {"alpha": 2.5}],
    "elu": [{"alpha": 0.3}, {"alpha": 2.0}],
    "hard_sigmoid": [{"alpha": 0.2, "beta": 0.2}, {"alpha": 0.2, "beta": 0.5}],
    "hard_silu": [{"alpha": 0.2, "beta": 0.2}, {"alpha": 0.25, "beta": 0.5}],
    "hard_tanh": [{"low": -2.0, "high": 0.5}, {"low": 0.1, "high": 3.0}],
    "leaky_relu": [{"alpha": 0.3}, {"alpha": 0.0}],
    "threshold": [{"threshold": 1.0, "value": -3.0}, {"threshold": -0.7, "value": 20.0}],
}
ROWS = ["log_softmax", "log_sum_exp", "softmax", "softmin"]
GATED = ["glu", "swiglu", "geglu"]


def make_activations(family):
    import torch

    functions = torch_functions()

    def add(function, name, values, options=None, axis=None, gate=None, slope=None):
        for suffix, dtype in TYPES.items():
            case = f"{function}_{name}_{suffix}"
            generator = family.generator(case)
            x = values(generator, suffix).astype(dtype)
            leaves = {"input": x}
            if slope is not None:
                leaves["slope"] = np.asarray(0.5 * generator.standard_normal(slope)).astype(dtype)
            tensors = [
                torch.tensor(leaf, dtype=torch.float64, requires_grad=True)
                for leaf in leaves.values()
            ]
            arguments = dict(options or {})
            arguments |= {k: v for k, v in {"axis": axis, "gate": gate}.items() if v is not None}
            output = functions[function](*tensors, **arguments)
            cotangent = generator.standard_normal(tuple(output.shape)).astype(dtype)
            output.backward(torch.tensor(cotangent, dtype=torch.float64))
            gradients = {
                f"{what}_gradient": tensor.grad.numpy().astype(dtype)
                for what, tensor in zip(leaves, tensors)
            }
            family.add(
                case,
                {
                    "function": function, "options": options or {}, "axis": axis, "gate": gate,
                    "extreme": name.startswith("extreme"),
                },
                **leaves, output=output.detach().numpy().astype(dtype), cotangent=cotangent,
                **gradients,
            )

    def normal(shape, spread):
        return lambda generator, suffix: spread * generator.standard_normal(shape)

    def extremes(generator, suffix):
        return np.array(EXTREMES[suffix])

    def bounded(generator, suffix):
        return np.clip(np.array(EXTREMES[suffix]), -80, 80)

    for function in functions:
        if function in ROWS + GATED + ["prelu"]:
            continue
        second, third = OPTIONS.get(function, [None, None])
        add(function, "plain", normal((3, 5), 2))
        add(function, "wide", normal((2, 1, 7), 6), second)
        add(function, "near", normal((11,), 0.3), third)
        add(function, "scalar", normal((), 1.0))
        add(function, "extreme", bounded if function == "exp" else extremes)
    for function in ROWS:
        add(function, "plain", normal((3, 5), 2))
        add(function, "first_axis", normal((4, 1, 3), 3), axis=0)
        add(function, "middle_axis", normal((2, 5, 3), 1), axis=1)
        add(function, "one", normal((3, 1), 1))
        add(function, "extreme", lambda g, s: np.array([[1e4, -1e4, 3], [-100, 0, 100.0]]))
    for function in GATED:
        add(function, "plain", normal((3, 6), 2))
        add(function, "first_axis", normal((4, 1, 3), 3), axis=0)
        add(function, "first_gate", normal((2, 10, 3), 1), axis=1, gate="first")
        add(
            function, "extreme",
            lambda g, s: np.array([[1.5, -2, 3, 0.5, -1e4, -100, 100, 1e4]]),
        )
    add("prelu", "channels", normal((3, 5), 2), slope=(5,))
    add("prelu", "one", normal((2, 3, 4), 2), slope=(1,))
    add("prelu", "scalar", normal((2, 3), 2), slope=())
    add("prelu", "middle_axis", normal((2, 3, 4), 2), axis=1, slope=(3,))
    add("prelu", "extreme", lambda g, s: np.array(EXTREMES[s]).reshape(1, -1), slope=(8,))


def expit(x):
    return np.where(x < 0, np.exp(np.minimum(x, 0)), 1) / (1 + np.exp(-np.abs(x)))


def normal_probability(x):
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x.ravel()]).reshape(x.shape)


def expm1_left(x):
    return np.expm1(np.minimum(x, 0))


def silu(x):
    return x * expit(x)


def gelu(x):
    return x * normal_probability(x)


def halved(function):
    def gated(x, axis=-1, gate="second"):
        a, b = np.split(x, 2, axis)
        return b * function(a) if gate == "first" else a * function(b)

    return gated


def softmax(x, axis=-1):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def log_sum_exp(x, axis=-1):
    largest = x.max(axis, keepdims=True)
    return largest + np.log(np.exp(x - largest).sum(axis, keepdims=True))


def prelu(x, slope, axis=-1):
    if slope.size > 1:
        sizes = [1] * x.ndim
        sizes[axis] = -1
        slope = slope.reshape(sizes)
    return np.where(x > 0, x, slope * x)


def hard_sigmoid(x, alpha=1 / 6, beta=0.5):
    return np.clip(alpha * x + beta, 0, 1)


SELU = (1.0507009873554805, 1.6732632423543772)
FUNCTIONS = {
    "celu": lambda x, alpha=1.0: np.maximum(x, 0) + alpha * expm1_left(x / alpha),
    "elu": lambda x, alpha=1.0: np.maximum(x, 0) + alpha * expm1_left(x),
    "exp": np.exp,
    "gelu": gelu,
    "gelu_tanh": lambda x: x * expit(np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)),
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": lambda x, alpha=1 / 6, beta=0.5: x * hard_sigmoid(x, alpha, beta),
    "hard_tanh": lambda x, low=-1.0, high=1.0: np.clip(x, low, high),
    "leaky_relu": lambda x, alpha=0.01: np.maximum(x, 0) + alpha * np.minimum(x, 0),
    "linear": lambda x: x,
    "log_sigmoid": lambda x: -np.logaddexp(0, -x),
    "log_softmax": lambda x, axis=-1: x - log_sum_exp(x, axis),
    "log_sum_exp": log_sum_exp,
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: SELU[0] * (np.maximum(x, 0) + SELU[1] * expm1_left(x)),
    "sigmoid": expit,
    "silu": silu,
    "softmax": softmax,
    "softmin": lambda x, axis=-1: softmax(-x, axis),
    "softplus": lambda x: np.logaddexp(0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "squared_relu": lambda x: np.maximum(x, 0) ** 2,
    "tanh": np.tanh,
    "threshold": lambda x, threshold=0.0, value=0.0: np.where(x > threshold, x, value),
    "glu": halved(expit),
    "swiglu": halved(silu),
    "geglu": halved(gelu),
    "prelu": prelu,
}


def check_activations(case, options, tensors):
    arguments = dict(options["options"])
    arguments |= {k: options[k] for k in ("axis", "gate") if options[k] is not None}
    names = [name for name in ("input", "slope") if name in tensors]
    dtype = tensors["input"].dtype
    assert dtype == TYPES[case[-3:]], f"{case} has {dtype}"

    def function(values):
        return FUNCTIONS[options["function"]](*values, **arguments)

    values = [tensors[name].astype(np.float64) for name in names]
    # Beside a float32 result, its rounding; NumPy's own formulas lose some of float64.
    rtol, atol = (1e-7, 1e-15) if dtype == np.float32 else (1e-12, 4e-15)
    np.testing.assert_allclose(
        tensors["output"], function(values).astype(dtype), rtol=rtol, atol=atol, err_msg=case
    )
    cotangent = tensors["cotangent"].astype(np.float64)
    step = 1e-5
    for index, name in enumerate(names):
        gradient = tensors[f"{name}_gradient"]
        for position in np.ndindex(values[index].shape):
            ends = []
            for sign in (1, -1):
                moved = [value.copy() for value in values]
                moved[index][position] += sign * step
                ends.append((function(moved) * cotangent).sum())
            slope = (ends[0] - ends[1]) / (2 * step)
            # The sum's rounding, divided by the step.
            noise = 4e-16 * np.abs(function(values) * cotangent).sum() / step
            if abs(values[index][position]) < step and index == 0:
                continue  # The ends lie on both sides of a kink.
            np.testing.assert_allclose(
                gradient[position], slope, rtol=2e-6, atol=1e-8 + noise,
                err_msg=f"{case}/{name}_gradient{position}",
            )
