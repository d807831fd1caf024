"""Golden values of recurrent networks: states, last states, and gradients of all operands.

`make_recurrent` computes with PyTorch in float64: by its own RNN, LSTM and GRU, with packed
sequences where there is a mask, and by its convolutions and activations for what it has no
network of. `check_recurrent` computes with NumPy, step by step, and compares gradients with finite
differences of that. Nothing is rounded, so that f64 can be compared too.

The output of a case holds the states after each step, zeros where there is none, and behind them
the last hidden state and, of an LSTM, the last cell, along the axis of steps.
"""

import numpy as np

from golden_layers import add_case, check_case, leaf, normal

GATES = {"rnn": 1, "lstm": 4, "gru": 3, "conv_lstm": 4}

# Lengths of the sequences of masked cases, of 5 steps.
LENGTHS = [5, 2, 4]


def parts(options):
    """The networks of a case, layer by layer: the prefix of their operands, and the direction."""
    layers, both = options.get("layers", 1), options.get("bidirectional", False)
    directions = ["forward", "backward"] if both else [
        "backward" if options.get("reversed") else "forward"
    ]
    single = layers == 1 and not both
    return [
        [("" if single else f"layer{layer}_{direction}_", direction) for direction in directions]
        for layer in range(layers)
    ]


# ---------------------------------------------------------------------------
# PyTorch
# ---------------------------------------------------------------------------


def make_recurrent(family):
    for kind in ("rnn", "lstm", "gru"):
        add_network(family, kind, "plain", batch=3, steps=4, features=3, units=2)
        add_network(family, kind, "no_bias", batch=2, steps=4, features=3, units=2, bias=False)
        add_network(family, kind, "started", batch=2, steps=4, features=2, units=3, starts=True)
        add_network(family, kind, "one_step", batch=4, steps=1, features=4, units=2, starts=True)
        add_network(family, kind, "masked", starts=True, masked=True)
        add_network(family, kind, "reversed", starts=True, reversed=True)
        add_network(family, kind, "masked_reversed", masked=True, reversed=True)
        add_network(family, kind, "bidirectional", bidirectional=True, masked=True, starts=True)
        add_network(family, kind, "stacked", batch=2, steps=4, features=2, layers=2,
                    bidirectional=True)
    add_network(family, "rnn", "relu", activation="relu", starts=True, masked=True)
    for kind in ("lstm", "gru"):
        add_composed(family, kind, "activations", activation="softsign", gate="hard_sigmoid")
    add_composed(family, "gru", "resets_state", resets_state=True)
    add_composed(family, "gru", "resets_state_masked", resets_state=True, masked=True)
    add_composed(family, "gru", "resets_state_no_bias", resets_state=True, bias=False)
    add_convolutions(family)


def draw_leaves(family, name, options, batch, features, units, bias, starts):
    generator = family.generator(name)
    gates = GATES[options["kind"]]
    leaves = {"input": leaf(normal(generator, (batch, options["steps"], features)))}
    width = features
    for layer in parts(options):
        for prefix, _ in layer:
            leaves[f"{prefix}kernel"] = leaf(normal(generator, (width, gates * units), 0.5))
            leaves[f"{prefix}recurrent_kernel"] = leaf(
                normal(generator, (units, gates * units), 0.5))
            if bias:
                leaves[f"{prefix}bias"] = leaf(normal(generator, (gates * units,), 0.5))
                if options["kind"] == "gru":
                    leaves[f"{prefix}recurrent_bias"] = leaf(normal(generator, (units,), 0.5))
            if starts:
                leaves[f"{prefix}hidden"] = leaf(normal(generator, (batch, units)))
                if options["kind"] == "lstm":
                    leaves[f"{prefix}cell"] = leaf(normal(generator, (batch, units)))
        width = units * len(layer)
    return leaves


def mask_of(lengths, steps):
    return np.arange(steps)[None] < np.array(lengths)[:, None]


def add_network(
    family, kind, name, batch=3, steps=5, features=3, units=2, bias=True, starts=False,
    masked=False, **options,
):
    """A network of PyTorch's own."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    name = f"{kind}_{name}"
    options = {"kind": kind, "steps": steps, **options}
    leaves = draw_leaves(family, name, options, batch, features, units, bias, starts)
    layers = parts(options)
    # A network that goes backwards alone is the second half of one that goes both ways.
    both = len(layers[0]) == 2 or options.get("reversed", False)
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](
        features, units, num_layers=len(layers), bias=bias, batch_first=True, bidirectional=both,
        dtype=torch.float64,
        **({"nonlinearity": options["activation"]} if "activation" in options else {}),
    )
    weights = {key: torch.zeros_like(value) for key, value in module.named_parameters()}
    count = len(layers) * (2 if both else 1)
    hidden = [torch.zeros(batch, units, dtype=torch.float64) for _ in range(count)]
    cells = list(hidden)
    for number, layer in enumerate(layers):
        for prefix, direction in layer:
            end = f"l{number}" + ("_reverse" if direction == "backward" else "")
            weights[f"weight_ih_{end}"] = leaves[f"{prefix}kernel"].T
            weights[f"weight_hh_{end}"] = leaves[f"{prefix}recurrent_kernel"].T
            if bias:
                weights[f"bias_ih_{end}"] = leaves[f"{prefix}bias"]
            if f"{prefix}recurrent_bias" in leaves:
                zeros = torch.zeros(2 * units, dtype=torch.float64)
                weights[f"bias_hh_{end}"] = torch.cat([zeros, leaves[f"{prefix}recurrent_bias"]])
            position = number * (2 if both else 1) + (direction == "backward")
            hidden[position] = leaves.get(f"{prefix}hidden", hidden[position])
            cells[position] = leaves.get(f"{prefix}cell", cells[position])
    start = torch.stack(hidden)
    if kind == "lstm":
        start = (start, torch.stack(cells))
    x = leaves["input"]
    if masked:
        x = pack_padded_sequence(x, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
    y, last = torch.func.functional_call(module, weights, (x, start))
    if masked:
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=steps)
    last = list(last) if kind == "lstm" else [last]
    if both:
        ends = [torch.cat([end[-2], end[-1]], dim=-1) for end in last]
    else:
        ends = [end[-1] for end in last]
    output = torch.cat([y] + [end[:, None] for end in ends], dim=1)
    if options.get("reversed"):
        output = output[..., units:]
    constants = {"mask": mask_of(LENGTHS, steps)} if masked else None
    add_case(family, name, options, leaves, output, constants)


def add_composed(
    family, kind, name, batch=3, steps=5, features=3, units=2, bias=True, masked=False, **options
):
    """A network that PyTorch has not, step by step."""
    import torch
    import torch.nn.functional as F

    name = f"{kind}_{name}"
    options = {"kind": kind, "steps": steps, **options}
    leaves = draw_leaves(family, name, options, batch, features, units, bias, starts=True)
    activation = {"tanh": torch.tanh, "relu": torch.relu, "softsign": F.softsign}[
        options.get("activation", "tanh")]
    gate = {"sigmoid": torch.sigmoid, "hard_sigmoid": lambda x: torch.clamp(x / 6 + 0.5, 0, 1)}[
        options.get("gate", "sigmoid")]
    mask = mask_of(LENGTHS, steps) if masked else np.full((batch, steps), True)
    h, c = leaves["hidden"], leaves.get("cell")
    u, b = leaves["recurrent_kernel"], leaves.get("bias", 0)
    states = []
    for step in range(steps):
        x = leaves["input"][:, step] @ leaves["kernel"] + b
        is_step = torch.tensor(mask[:, step])[:, None]
        if kind == "lstm":
            i, f, g, o = (x + h @ u).chunk(4, dim=-1)
            next_c = gate(f) * c + gate(i) * activation(g)
            next_h = gate(o) * activation(next_c)
            c = torch.where(is_step, next_c, c)
        else:
            r, z, n = x.chunk(3, dim=-1)
            ur, uz, un = u.chunk(3, dim=-1)
            reset, update = gate(r + h @ ur), gate(z + h @ uz)
            added = leaves.get("recurrent_bias", 0)
            if options.get("resets_state"):
                new = activation(n + (reset * h) @ un + added)
            else:
                new = activation(n + reset * (h @ un + added))
            next_h = (1 - update) * new + update * h
        h = torch.where(is_step, next_h, h)
        states.append(torch.where(is_step, h, 0))
    output = torch.stack(states + [h] + ([c] if kind == "lstm" else []), dim=1)
    constants = {"mask": mask} if masked else None
    add_case(family, name, options, leaves, output, constants)


def add_convolutions(family):
    """Convolutional LSTMs: options, spatial sizes, kernel sizes, strides, channels and units."""
    for name, sizes, size, recurrent, strides, channels, units, options in (
        ("1_axis", (5,), (3,), (3,), (1,), 2, 2, {}),
        ("1_axis_dilated", (6,), (2,), (1,), (1,), 1, 2, {"dilation": [2], "forget_bias": 1.0}),
        ("2_axes", (3, 2), (2, 3), (3, 2), (1, 1), 2, 1, {"masked": True}),
        ("2_axes_strided", (5, 3), (3, 2), (3, 2), (2, 1), 1, 2, {"forget_bias": 1.0}),
        ("2_axes_valid", (4, 3), (2, 2), (1, 3), (1, 1), 2, 1, {"padding": "valid"}),
        ("3_axes", (2, 3, 2), (2, 2, 1), (1, 2, 2), (1, 1, 1), 1, 1, {"reversed": True}),
    ):
        add_convolution(
            family, f"conv_lstm_{name}", sizes, size, recurrent, strides, channels, units, options)


def same_padding(size, kernel, stride, dilation):
    """What lies before and after an axis so that the output is ceil(size / stride) long."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def add_convolution(family, name, sizes, size, recurrent, strides, channels, units, options):
    import torch
    import torch.nn.functional as F

    batch, steps = 3, 5 if options.get("masked") else 3
    options = dict(options)
    masked = options.pop("masked", False)
    dilation = options.get("dilation", [1] * len(sizes))
    options = {"kind": "conv_lstm", "steps": steps, "strides": list(strides), **options}
    generator = family.generator(name)
    convolve = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[len(sizes)]

    def product(x, kernel, strides, dilation, padding="same"):
        """Channels last; padded beforehand, because PyTorch's own padding is symmetric."""
        x, kernel = x.movedim(-1, 1), kernel.movedim((-1, -2), (0, 1))
        if padding == "same":
            borders = [
                same_padding(*axis) for axis in zip(x.shape[2:], kernel.shape[2:], strides, dilation)
            ]
            x = F.pad(x, [number for border in reversed(borders) for number in border])
        return convolve(x, kernel, stride=tuple(strides), dilation=tuple(dilation)).movedim(1, -1)

    x = leaf(normal(generator, (batch, steps, *sizes, channels)))
    kernel = leaf(normal(generator, (*size, channels, 4 * units), 0.5))
    windows = product(x[:, 0], kernel, strides, dilation, options.get("padding", "same")).shape
    leaves = {
        "input": x, "kernel": kernel,
        "recurrent_kernel": leaf(normal(generator, (*recurrent, units, 4 * units), 0.5)),
        "bias": leaf(normal(generator, (4 * units,), 0.5)),
        "hidden": leaf(normal(generator, (*windows[:-1], units))),
        "cell": leaf(normal(generator, (*windows[:-1], units))),
    }
    mask = mask_of(LENGTHS, steps) if masked else np.full((batch, steps), True)
    h, c = leaves["hidden"], leaves["cell"]
    states = [None] * steps
    for step in reversed(range(steps)) if options.get("reversed") else range(steps):
        sums = product(x[:, step], kernel, strides, dilation, options.get("padding", "same"))
        ones = [1] * len(sizes)
        sums = sums + product(h, leaves["recurrent_kernel"], ones, ones) + leaves["bias"]
        i, f, g, o = sums.chunk(4, dim=-1)
        next_c = torch.sigmoid(f + options.get("forget_bias", 0)) * c
        next_c = next_c + torch.sigmoid(i) * torch.tanh(g)
        is_step = torch.tensor(mask[:, step]).reshape(batch, *ones, 1)
        h = torch.where(is_step, torch.sigmoid(o) * torch.tanh(next_c), h)
        c = torch.where(is_step, next_c, c)
        states[step] = torch.where(is_step, h, 0)
    output = torch.stack(states + [h, c], dim=1)
    constants = {"mask": mask} if masked else None
    add_case(family, name, options, leaves, output, constants)


# ---------------------------------------------------------------------------
# NumPy
# ---------------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "softsign": lambda x: x / (1 + abs(x)),
    "sigmoid": sigmoid, "hard_sigmoid": lambda x: np.clip((x + 3) / 6, 0, 1),
}


def convolution(x, kernel, strides, dilation, padding="same"):
    """A convolution of channels-last numbers, window by window."""
    axes = kernel.ndim - 2
    sizes, window = x.shape[1:-1], kernel.shape[:axes]
    if padding == "same":
        borders = [same_padding(*axis) for axis in zip(sizes, window, strides, dilation)]
    else:
        borders = [(0, 0)] * axes
    x = np.pad(x, [(0, 0), *borders, (0, 0)])
    counts = [
        (x.shape[axis + 1] - (window[axis] - 1) * dilation[axis] - 1) // strides[axis] + 1
        for axis in range(axes)
    ]
    result = np.zeros((x.shape[0], *counts, kernel.shape[-1]))
    for position in np.ndindex(*counts):
        for tap in np.ndindex(*window):
            source = tuple(
                p * s + t * d for p, s, t, d in zip(position, strides, tap, dilation))
            result[(slice(None), *position)] += x[(slice(None), *source)] @ kernel[tap]
    return result


def run(options, values, prefix, direction, x, mask):
    """The states of one network, zeros where there is no step, and its last state."""
    kind = options["kind"]
    activation = ACTIVATIONS[options.get("activation", "tanh")]
    gate = ACTIVATIONS[options.get("gate", "sigmoid")]
    kernel, recurrent = values[f"{prefix}kernel"], values[f"{prefix}recurrent_kernel"]
    units = recurrent.shape[-2]
    h = values.get(f"{prefix}hidden", np.zeros((x.shape[0], units)))
    c = values.get(f"{prefix}cell", np.zeros((x.shape[0], units)))
    states = [None] * x.shape[1]
    order = range(x.shape[1])
    for step in order if direction == "forward" else reversed(order):
        if kind == "conv_lstm":
            ones = [1] * (kernel.ndim - 2)
            a = convolution(
                x[:, step], kernel, options["strides"], options.get("dilation", ones),
                options.get("padding", "same"))
            b = convolution(h, recurrent, ones, ones)
        else:
            a, b = x[:, step] @ kernel, h @ recurrent
        a = a + values.get(f"{prefix}bias", 0)
        new_c = c
        if kind == "rnn":
            new_h = activation(a + b)
        elif kind == "gru":
            (r, z, n), (rh, zh, nh) = np.split(a, 3, axis=-1), np.split(b, 3, axis=-1)
            added = values.get(f"{prefix}recurrent_bias", 0)
            if options.get("resets_state"):
                n = n + (gate(r + rh) * h) @ recurrent[:, 2 * units:] + added
            else:
                n = n + gate(r + rh) * (nh + added)
            update = gate(z + zh)
            new_h = (1 - update) * activation(n) + update * h
        else:
            i, f, g, o = np.split(a + b, 4, axis=-1)
            new_c = gate(f + options.get("forget_bias", 0)) * c + gate(i) * activation(g)
            new_h = gate(o) * activation(new_c)
        is_step = mask[:, step].reshape(-1, *[1] * (h.ndim - 1))
        h, c = np.where(is_step, new_h, h), np.where(is_step, new_c, c)
        states[step] = np.where(is_step, h, 0)
    return np.stack(states, axis=1), [h, c] if "lstm" in kind else [h]


def check_recurrent(case, options, tensors):
    def function(values):
        x = values["input"]
        mask = tensors.get("mask", np.full(x.shape[:2], True))
        for layer in parts(options):
            results = [
                run(options, values, prefix, direction, x, mask) for prefix, direction in layer
            ]
            x = np.concatenate([states for states, _ in results], axis=-1)
        ends = [np.concatenate(end, axis=-1) for end in zip(*(last for _, last in results))]
        return np.concatenate([x] + [end[:, None] for end in ends], axis=1)

    names = [name for name in tensors if f"{name}_gradient" in tensors]
    check_case(case, tensors, names, function)
