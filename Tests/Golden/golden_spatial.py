"""Golden values of the spatial layers: convolutions, pooling, padding and resizing.

The makers compute with PyTorch, resizing with JAX, in float64; nothing is rounded,
so that f64 can be compared too. `check_spatial` computes each value with NumPy from
its definition, and compares gradients with differences of that.
"""

import itertools
import math

import numpy as np

# ---------------------------------------------------------------------------
# What the makers share
# ---------------------------------------------------------------------------


def numbers(generator, shape):
    """Numbers that float32 has, as float64."""
    return generator.standard_normal(shape).astype(np.float32).astype(np.float64)


def first(x):
    """Channels first."""
    return x.movedim(-1, 1)


def finish(family, name, generator, options, leaves, output, **constants):
    """Differentiates PyTorch's output, and adds the case."""
    import torch

    cotangent = numbers(generator, tuple(output.shape))
    output.backward(torch.tensor(cotangent))
    family.add(
        name, {**options, "inputs": list(leaves)}, **leaves, **constants, output=output,
        cotangent=cotangent,
        **{f"{what}_gradient": tensor.grad for what, tensor in leaves.items()},
    )


def leaves_of(generator, **shapes):
    import torch

    return {
        what: torch.tensor(numbers(generator, shape), requires_grad=True)
        for what, shape in shapes.items() if shape is not None
    }


def pairs_of(padding, sizes, window, strides, dilation):
    """The padding as (low, high) of each axis."""
    if padding == "valid":
        return [[0, 0] for _ in sizes]
    if padding != "same":
        return [list(pair) for pair in padding]
    pairs = []
    for n, k, s, d in zip(sizes, window, strides, dilation):
        total = max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
        pairs.append([total // 2, total - total // 2])
    return pairs


def bordered(x, pairs, value=0.0):
    import torch.nn.functional as F

    return F.pad(x, [n for pair in reversed(pairs) for n in pair], value=value)


def moving(axes, window=None, strides=1, padding="valid", dilation=1):
    """The options of moving windows, each axis's own."""
    each = lambda n: list(n) if hasattr(n, "__len__") else [n] * axes
    options = {"strides": each(strides), "padding": padding, "dilation": each(dilation)}
    return {**options, "window": each(window)} if window is not None else options


# ---------------------------------------------------------------------------
# Convolutions
# ---------------------------------------------------------------------------


def torch_convolution(x, kernel, bias, o, groups):
    """A convolution of channels-last tensors."""
    import torch.nn.functional as F

    axes = x.ndim - 2
    pairs = pairs_of(o["padding"], x.shape[1:-1], kernel.shape[:axes], o["strides"], o["dilation"])
    return getattr(F, f"conv{axes}d")(
        bordered(first(x), pairs), kernel.permute(axes + 1, axes, *range(axes)), bias,
        stride=o["strides"], dilation=o["dilation"], groups=groups,
    ).movedim(1, -1)


def make_convolutions(family):
    import torch
    import torch.nn.functional as F

    def convolution(name, shape, kernel, groups=1, bias=True, input_dilation=None, **o):
        generator = family.generator(name)
        axes = len(shape) - 2
        o = moving(axes, **o)
        leaves = leaves_of(
            generator, input=shape, kernel=kernel, bias=kernel[-1:] if bias else None)
        x = leaves["input"]
        if input_dilation:
            o["input_dilation"] = list(input_dilation)
            for axis, gap in enumerate(input_dilation, 1):
                rows = [x.select(axis, i // gap) if i % gap == 0 else 0 * x.select(axis, 0)
                        for i in range((x.shape[axis] - 1) * gap + 1)]
                x = torch.stack(rows, axis)
        output = torch_convolution(x, leaves["kernel"], leaves.get("bias"), o, groups)
        o.update(function="convolution", groups=groups)
        finish(family, name, generator, o, leaves, output)

    convolution("convolution_1_valid", (2, 7, 2), (3, 2, 3))
    convolution("convolution_1_same", (1, 8, 3), (4, 3, 2), strides=3, padding="same")
    convolution(
        "convolution_1_all", (1, 9, 4), (3, 2, 4), groups=2, strides=2, padding=[[2, 1]], dilation=2)
    convolution("convolution_1_spaced", (2, 4, 2), (3, 2, 2), input_dilation=(3,), bias=False)
    convolution("convolution_2_valid", (2, 5, 4, 2), (3, 2, 2, 3), bias=False)
    convolution("convolution_2_same", (1, 7, 5, 2), (2, 3, 2, 3), strides=(2, 3), padding="same")
    convolution(
        "convolution_2_all", (1, 6, 7, 4), (3, 2, 2, 2), groups=2, strides=(2, 1),
        padding=[[0, 2], [1, 0]], dilation=(1, 3))
    convolution(
        "convolution_2_spaced", (1, 3, 4, 2), (2, 3, 2, 2), strides=(1, 2), padding="same",
        input_dilation=(2, 3))
    convolution("convolution_3_valid", (1, 3, 4, 3, 2), (2, 2, 3, 2, 2))
    convolution("convolution_3_same", (1, 5, 3, 4, 2), (3, 2, 3, 2, 2), strides=2, padding="same")
    convolution(
        "convolution_3_all", (1, 3, 5, 3, 2), (2, 3, 1, 1, 4), groups=2, strides=(1, 2, 1),
        padding=[[1, 0], [0, 1], [0, 2]], dilation=(2, 1, 1))
    convolution("convolution_3_spaced", (1, 2, 3, 2, 1), (2, 2, 2, 1, 2), input_dilation=(1, 2, 3))

    def transposed(name, shape, kernel, groups=1, output_padding=0, reversed_kernel=False, **o):
        generator = family.generator(name)
        axes = len(shape) - 2
        o = moving(axes, **o)
        outputs = kernel[-2] * groups
        leaves = leaves_of(generator, input=shape, kernel=kernel, bias=(outputs,))
        o.update(
            function="transposed_convolution", groups=groups, reversed_kernel=reversed_kernel,
            output_padding=[output_padding] * axes)
        weight = leaves["kernel"].permute(axes + 1, axes, *range(axes))
        if reversed_kernel:
            weight = weight.flip(list(range(2, axes + 2)))
        whole = getattr(F, f"conv_transpose{axes}d")(
            first(leaves["input"]), weight, leaves["bias"], stride=o["strides"],
            output_padding=0, groups=groups, dilation=o["dilation"])
        # PyTorch's own padding is symmetric; any other cuts its result, or the bias goes on.
        goal = [n * s for n, s in zip(shape[1:-1], o["strides"])]
        pairs = pairs_of(o["padding"], goal, kernel[:axes], o["strides"], o["dilation"])
        if o["padding"] == "same":
            for axis, size in enumerate(whole.shape[2:]):
                pairs[axis][1] = size - pairs[axis][0] - goal[axis]
        bias = leaves["bias"].reshape(-1, *[1] * axes)
        output = bordered(
            whole - bias, [(-low, output_padding - high) for low, high in pairs]) + bias
        if o["padding"] == "valid" and output_padding:
            native = getattr(F, f"conv_transpose{axes}d")(
                first(leaves["input"]), weight, leaves["bias"], stride=o["strides"],
                output_padding=output_padding, groups=groups, dilation=o["dilation"])
            np.testing.assert_allclose(native.detach(), output.detach(), rtol=1e-12)
        finish(family, name, generator, o, leaves, output.movedim(1, -1))

    transposed("transposed_1_valid", (2, 3, 2), (3, 3, 2), strides=2)
    transposed("transposed_1_same", (1, 4, 2), (4, 2, 2), strides=3, padding="same")
    transposed(
        "transposed_1_all", (1, 4, 4), (3, 1, 4), groups=2, strides=2, padding=[[1, 0]], dilation=2,
        output_padding=1)
    transposed("transposed_2_valid", (2, 3, 2, 2), (2, 3, 2, 2), strides=(3, 2), output_padding=1)
    transposed("transposed_2_same", (1, 3, 4, 2), (3, 2, 2, 2), strides=(2, 3), padding="same")
    transposed("transposed_2_reversed", (1, 3, 2, 2), (3, 2, 3, 2), strides=2, reversed_kernel=True)
    transposed(
        "transposed_2_all", (1, 3, 4, 2), (3, 2, 2, 2), groups=2, strides=(1, 2),
        padding=[[1, 0], [0, 1]], dilation=(2, 1))
    transposed("transposed_3_valid", (1, 2, 3, 2, 2), (2, 2, 1, 2, 2), strides=(1, 2, 3))
    transposed("transposed_3_same", (1, 2, 1, 3, 2), (3, 2, 2, 1, 2), strides=2, padding="same")
    transposed(
        "transposed_3_reversed", (1, 2, 2, 2, 2), (2, 1, 3, 2, 2), strides=2, reversed_kernel=True,
        padding=[[1, 0], [0, 0], [0, 1]])

    def depthwise(name, shape, window, multiplier, **o):
        generator = family.generator(name)
        channels = shape[-1]
        leaves = leaves_of(
            generator, input=shape, kernel=(*window, 1, channels * multiplier),
            bias=(channels * multiplier,))
        o = {**moving(len(window), **o), "function": "depthwise_convolution"}
        output = torch_convolution(leaves["input"], leaves["kernel"], leaves["bias"], o, channels)
        finish(family, name, generator, o, leaves, output)

    depthwise("depthwise_1", (2, 6, 3), (3,), 1, padding=[[2, 0]])
    depthwise("depthwise_2", (1, 5, 6, 2), (3, 2), 3, strides=(2, 1), padding="same")
    depthwise("depthwise_3", (1, 3, 4, 3, 2), (2, 3, 2), 2, dilation=(1, 1, 2))

    def separable(name, shape, window, multiplier, filters, **o):
        generator = family.generator(name)
        channels, axes = shape[-1], len(window)
        leaves = leaves_of(
            generator, input=shape, kernel=(*window, 1, channels * multiplier),
            pointwise_kernel=(channels * multiplier, filters), bias=(filters,))
        o = {**moving(axes, **o), "function": "separable_convolution"}
        middle = torch_convolution(leaves["input"], leaves["kernel"], None, o, channels)
        output = middle @ leaves["pointwise_kernel"] + leaves["bias"]
        finish(family, name, generator, o, leaves, output)

    separable("separable_1", (2, 7, 2), (3,), 2, 3, strides=2, padding="same")
    separable("separable_2", (1, 5, 6, 3), (2, 3), 1, 2, dilation=(2, 1))
    separable("separable_3", (1, 3, 4, 3, 2), (2, 1, 3), 2, 1, padding="same")

    def axial(name, shape, window, multiplier, **o):
        generator = family.generator(name)
        channels, axes = shape[-1] * multiplier, len(window)
        kernels, biases = {}, {}
        for axis, size in enumerate(window):
            sizes = [1] * axes
            sizes[axis] = size
            kernels[f"kernel_{axis + 1}"] = (*sizes, 1, channels)
            biases[f"bias_{axis + 1}"] = (channels,)
        leaves = leaves_of(generator, input=shape, **kernels, **biases)
        o = {**moving(axes, **o), "function": "axial_convolution"}
        output = leaves["input"]
        for axis in range(axes):
            one = {"padding": o["padding"]}
            if not isinstance(o["padding"], str):
                one["padding"] = [p if i == axis else [0, 0] for i, p in enumerate(o["padding"])]
            for what in ("strides", "dilation"):
                one[what] = [n if i == axis else 1 for i, n in enumerate(o[what])]
            output = torch_convolution(
                output, leaves[f"kernel_{axis + 1}"], leaves[f"bias_{axis + 1}"], one,
                output.shape[-1])
        finish(family, name, generator, o, leaves, output)

    axial("axial_1", (1, 7, 2), (3,), 2, strides=2)
    axial("axial_2", (1, 5, 6, 2), (3, 2), 2, strides=(2, 1), padding="same")
    axial("axial_3", (1, 3, 4, 3, 2), (2, 3, 2), 1, padding=[[1, 0], [0, 0], [0, 1]])


# ---------------------------------------------------------------------------
# Pooling
# ---------------------------------------------------------------------------


def bins(size, count):
    """PyTorch's adaptive bins."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def torch_norm(parts, norm, axes):
    return parts.abs().pow(norm).sum(axes).pow(1 / norm)


def make_pools(family):
    import torch
    import torch.nn.functional as F

    def pool(name, kind, shape, window, strides=None, norm=None, **o):
        generator = family.generator(name)
        axes = len(shape) - 2
        counted = o.pop("counts_padding", None)
        o = moving(axes, window, strides or window, **o)
        leaves = leaves_of(generator, input=shape)
        pairs = pairs_of(o["padding"], shape[1:-1], o["window"], o["strides"], o["dilation"])
        x = bordered(first(leaves["input"]), pairs, -math.inf if kind == "max" else 0.0)
        inside = bordered(torch.ones_like(first(leaves["input"])), pairs)
        for axis in range(axes):
            size, stride, gap = o["window"][axis], o["strides"][axis], o["dilation"][axis]
            x = x.unfold(2 + axis, (size - 1) * gap + 1, stride)[..., ::gap]
            inside = inside.unfold(2 + axis, (size - 1) * gap + 1, stride)[..., ::gap]
        around = tuple(range(-axes, 0))
        if kind == "max":
            output = x.amax(around)
        elif kind == "lp":
            output = torch_norm(x, norm, around)
            o["norm"] = norm
        else:
            count = math.prod(o["window"]) if counted else inside.sum(around)
            output = x.sum(around) / count
            o["counts_padding"] = bool(counted)
        native = native_pool(kind, leaves["input"], pairs, o, counted)
        if native is not None:
            np.testing.assert_allclose(native.detach(), output.detach(), rtol=1e-12)
        o.update(function=f"{kind}_pool")
        finish(family, name, generator, o, leaves, output.movedim(1, -1))

    def native_pool(kind, x, pairs, o, counted):
        """PyTorch's own pooling, where it can do it."""
        axes = x.ndim - 2
        symmetric = all(low == high for low, high in pairs)
        if kind == "max" and symmetric:
            return getattr(F, f"max_pool{axes}d")(
                first(x), o["window"], o["strides"], [low for low, _ in pairs], o["dilation"])
        if kind == "average" and symmetric and set(o["dilation"]) == {1}:
            return getattr(F, f"avg_pool{axes}d")(
                first(x), o["window"], o["strides"], [low for low, _ in pairs],
                count_include_pad=bool(counted))
        if kind == "lp" and set(o["dilation"]) == {1} and pairs == [[0, 0]] * axes:
            window, strides = (o[what][0] if axes == 1 else o[what] for what in ("window", "strides"))
            return getattr(F, f"lp_pool{axes}d")(first(x).abs(), o["norm"], window, strides)
        return None

    for kind in ("max", "average"):
        pool(f"{kind}_1", kind, (2, 9, 2), 3, [2], padding=[[1, 1]])
        pool(f"{kind}_2", kind, (1, 7, 5, 2), 2, padding="same")
        pool(f"{kind}_2_asymmetric", kind, (1, 5, 6, 2), [3, 2], [2, 1], padding=[[0, 2], [1, 0]])
        pool(f"{kind}_2_dilated", kind, (1, 7, 6, 1), [3, 2], [1, 2], dilation=[2, 3])
        pool(f"{kind}_3", kind, (1, 4, 5, 3, 1), [2, 3, 2], [2, 1, 1])
    pool("average_1_counted", "average", (2, 8, 2), 3, [2], padding="same", counts_padding=True)
    pool("average_2_counted", "average", (1, 6, 5, 2), 3, 2, padding=[[1, 1], [1, 1]],
         counts_padding=True)
    pool("average_3_counted", "average", (1, 3, 4, 3, 1), 2, 1, padding=[[0, 1], [1, 0], [1, 1]],
         counts_padding=True)
    pool("lp_1", "lp", (2, 9, 2), 3, [2], norm=3, padding="same")
    pool("lp_1_of_1", "lp", (1, 7, 2), 2, norm=1)
    pool("lp_2", "lp", (1, 6, 5, 2), 2, [2, 1], norm=2)
    pool("lp_2_fraction", "lp", (1, 5, 6, 1), [3, 2], 1, norm=1.5, dilation=[1, 2])
    pool("lp_3", "lp", (1, 4, 3, 4, 1), [2, 3, 2], [2, 1, 1], norm=4)

    def adaptive(name, kind, shape, size, norm=None):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        x, axes = leaves["input"], len(size)
        options = {"function": f"adaptive_{kind}_pool", "output_size": list(size)}
        if kind == "lp":
            # PyTorch has none; the bins are those of its averages.
            options["norm"] = norm
            powers = first(x).abs().pow(norm)
            counts = torch.tensor(1.0, dtype=torch.float64)
            for axis, count in enumerate(size):
                widths = [end - begin for begin, end in bins(shape[1 + axis], count)]
                view = [-1 if i == axis else 1 for i in range(axes)]
                counts = counts * torch.tensor(widths, dtype=torch.float64).reshape(view)
            output = (getattr(F, f"adaptive_avg_pool{axes}d")(powers, size) * counts).pow(1 / norm)
        else:
            native = "avg" if kind == "average" else kind
            output = getattr(F, f"adaptive_{native}_pool{axes}d")(first(x), size)
        finish(family, name, generator, options, leaves, output.movedim(1, -1))

    for kind, norm in (("average", None), ("max", None), ("lp", 3)):
        adaptive(f"adaptive_{kind}_1", kind, (2, 7, 2), (3,), norm)
        adaptive(f"adaptive_{kind}_2", kind, (1, 5, 7, 2), (3, 4), norm)
        adaptive(f"adaptive_{kind}_2_whole", kind, (1, 6, 4, 1), (3, 2), norm)
        adaptive(f"adaptive_{kind}_2_larger", kind, (1, 2, 3, 1), (3, 5), norm)
        adaptive(f"adaptive_{kind}_3", kind, (1, 4, 3, 5, 1), (3, 2, 2), norm)

    def whole(name, kind, shape, norm=None):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        x, around = leaves["input"], tuple(range(1, len(shape) - 1))
        options = {"function": f"global_{kind}_pool"}
        if kind == "lp":
            options["norm"] = norm
            output = torch_norm(x, norm, around)
        else:
            output = x.mean(around) if kind == "average" else x.amax(around)
        finish(family, name, generator, options, leaves, output)

    for kind, norm in (("average", None), ("max", None), ("lp", 2.5)):
        whole(f"global_{kind}_1", kind, (2, 7, 2), norm)
        whole(f"global_{kind}_2", kind, (2, 3, 5, 2), norm)
        whole(f"global_{kind}_3", kind, (1, 3, 2, 3, 2), norm)

    def blur(name, shape, size, strides, mode):
        generator = family.generator(name)
        axes, channels = len(shape) - 2, shape[-1]
        leaves = leaves_of(generator, input=shape)
        binomial = np.float64([math.comb(size - 1, i) for i in range(size)]) / 2 ** (size - 1)
        kernel = torch.tensor(binomial)
        for _ in range(axes - 1):
            kernel = kernel[..., None] * torch.tensor(binomial)
        pads = [(size - 1) // 2, size // 2] * axes
        padded = F.pad(
            first(leaves["input"]), pads, mode={"constant": "constant", "reflect": "reflect",
                                                "replicate": "replicate"}[mode])
        output = getattr(F, f"conv{axes}d")(
            padded, kernel.expand(channels, 1, *kernel.shape), stride=strides, groups=channels)
        options = {
            "function": "blur_pool", "size": size, "strides": list(strides), "mode": mode}
        finish(family, name, generator, options, leaves, output.movedim(1, -1))

    blur("blur_1", (2, 7, 2), 4, (2,), "reflect")
    blur("blur_2", (1, 5, 6, 3), 3, (2, 2), "reflect")
    blur("blur_2_constant", (1, 5, 4, 2), 3, (1, 1), "constant")
    blur("blur_2_wide", (1, 6, 7, 2), 5, (2, 3), "replicate")
    blur("blur_3", (1, 3, 4, 3, 2), 2, (1, 2, 2), "reflect")

    def fractional(name, shape, window, size, shared=False):
        generator = family.generator(name)
        axes, channels = len(window), shape[-1]
        leaves = leaves_of(generator, input=shape)
        each = (1, axes, 1) if shared else (shape[0], axes, channels)
        samples = generator.uniform(size=each).astype(np.float32).astype(np.float64)
        theirs = np.broadcast_to(samples, (shape[0], axes, channels)).swapaxes(1, 2)
        # PyTorch takes the two samples of an image in the order width, height.
        theirs = theirs[..., ::-1] if axes == 2 else theirs
        output = getattr(F, f"fractional_max_pool{axes}d")(
            first(leaves["input"]), window, output_size=size,
            _random_samples=torch.tensor(theirs.copy()))
        options = {
            "function": "fractional_max_pool", "window": list(window), "output_size": list(size)}
        finish(family, name, generator, options, leaves, output.movedim(1, -1), samples=samples)

    fractional("fractional_2", (2, 7, 6, 2), (2, 2), (4, 3))
    fractional("fractional_2_wide", (1, 8, 9, 2), (3, 2), (5, 4))
    fractional("fractional_2_shared", (2, 5, 6, 2), (2, 2), (3, 1), shared=True)
    fractional("fractional_3", (1, 5, 4, 6, 2), (2, 1, 2), (3, 2, 4))


# ---------------------------------------------------------------------------
# Padding, resizing, shuffling
# ---------------------------------------------------------------------------


def make_resizing(family):
    import torch
    import torch.nn.functional as F

    def pad(name, mode, shape, pairs):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        x = leaves["input"]
        # By positions, so that every axis and mode can be had; PyTorch's own must agree.
        output = x
        for axis, (low, high) in enumerate(pairs):
            size = shape[axis]
            table = np.pad(np.arange(size), (low, high), mode={
                "reflect": "reflect", "replicate": "edge", "circular": "wrap",
                "symmetric": "symmetric"}[mode])
            output = output.index_select(axis, torch.tensor(table))
        if mode != "symmetric" and pairs[0] == [0, 0] and pairs[-1] == [0, 0]:
            native = F.pad(
                first(x), [n for pair in reversed(pairs[1:-1]) for n in pair], mode=mode)
            np.testing.assert_array_equal(native.movedim(1, -1).detach(), output.detach())
        finish(family, name, generator, {"function": "pad", "mode": mode, "pairs": pairs}, leaves,
               output)

    none = [0, 0]
    for mode in ("reflect", "replicate", "circular", "symmetric"):
        pad(f"pad_{mode}_1", mode, (2, 5, 2), [none, [2, 3], none])
        pad(f"pad_{mode}_2", mode, (1, 4, 3, 2), [none, [1, 3], [2, 0], none])
        pad(f"pad_{mode}_3", mode, (1, 3, 2, 4, 1), [none, [0, 2], [1, 1], [3, 0], none])
        pad(f"pad_{mode}_rows", mode, (3, 4), [[1, 2], [0, 3]])

    def resize(name, method, shape, size, antialias=True):
        import jax

        jax.config.update("jax_enable_x64", True)
        generator = family.generator(name)
        x = numbers(generator, shape)
        whole = (shape[0], *size, shape[-1])
        theirs = {"bilinear": "linear", "bicubic": "cubic"}.get(method, method)
        function = lambda x: jax.image.resize(
            x, whole, theirs, antialias=antialias, precision=jax.lax.Precision.HIGHEST)
        output, pullback = jax.vjp(function, x)
        cotangent = numbers(generator, whole)
        if len(size) == 2 and (method == "bilinear" or (method == "bicubic" and antialias)):
            native = F.interpolate(
                first(torch.tensor(x)), size, mode=method, antialias=antialias,
                align_corners=False).movedim(1, -1)
            if method == "bilinear" or all(a <= b for a, b in zip(size, shape[1:])):
                np.testing.assert_allclose(native, output, rtol=1e-7, atol=1e-9)
        if method == "nearest":
            native = F.interpolate(first(torch.tensor(x)), size, mode="nearest-exact")
            np.testing.assert_array_equal(native.movedim(1, -1), output)
        options = {
            "function": "resize", "method": method, "output_size": list(size),
            "antialias": antialias, "inputs": ["input"]}
        family.add(
            name, options, input=x, output=np.asarray(output), cotangent=cotangent,
            input_gradient=np.asarray(pullback(cotangent)[0]))

    for method in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
        resize(f"resize_{method}_1", method, (2, 5, 2), (8,))
        resize(f"resize_{method}_2_up", method, (1, 3, 4, 2), (5, 7))
        resize(f"resize_{method}_2_down", method, (1, 9, 7, 1), (4, 5))
        resize(f"resize_{method}_2_mixed", method, (1, 3, 8, 1), (7, 3), antialias=False)
        resize(f"resize_{method}_3", method, (1, 3, 5, 2, 1), (4, 2, 3))

    def corners(name, method, shape, size):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        theirs = ["linear", "bilinear", "trilinear"][len(size) - 1]
        output = F.interpolate(first(leaves["input"]), size, mode=theirs, align_corners=True)
        options = {
            "function": "resize", "method": method, "output_size": list(size),
            "antialias": False, "aligns_corners": True}
        finish(family, name, generator, options, leaves, output.movedim(1, -1))

    corners("corners_1", "bilinear", (2, 5, 2), (8,))
    corners("corners_2", "bilinear", (1, 3, 6, 2), (5, 4))
    corners("corners_3", "bilinear", (1, 3, 2, 4, 1), (2, 3, 1))

    def area(name, shape, size):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        output = F.interpolate(first(leaves["input"]), size, mode="area")
        options = {"function": "resize", "method": "area", "output_size": list(size)}
        finish(family, name, generator, options, leaves, output.movedim(1, -1))

    area("area_1", (2, 7, 2), (3,))
    area("area_2", (1, 5, 4, 2), (2, 7))
    area("area_3", (1, 3, 4, 2, 1), (2, 2, 1))

    def upsample(name, method, shape, factors):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        axes = len(factors)
        theirs = "nearest" if method == "nearest" else ["linear", "bilinear", "trilinear"][axes - 1]
        output = F.interpolate(first(leaves["input"]), scale_factor=factors, mode=theirs)
        options = {"function": "upsample", "method": method, "factors": list(factors)}
        finish(family, name, generator, options, leaves, output.movedim(1, -1))

    for method in ("nearest", "bilinear"):
        upsample(f"upsample_{method}_1", method, (2, 4, 2), (3,))
        upsample(f"upsample_{method}_2", method, (1, 3, 2, 3), (2, 3))
        upsample(f"upsample_{method}_3", method, (1, 2, 3, 1, 1), (2, 1, 3))

    def shuffle(name, function, shape, factor):
        generator = family.generator(name)
        leaves = leaves_of(generator, input=shape)
        x, axes = first(leaves["input"]), len(shape) - 2
        if axes == 2:
            output = getattr(F, function)(x, factor)
        elif function == "pixel_shuffle":
            parts = x.reshape(x.shape[0], -1, *[factor] * axes, *x.shape[2:])
            order = [0, 1] + [a for i in range(axes) for a in (2 + axes + i, 2 + i)]
            output = parts.permute(order).reshape(
                x.shape[0], parts.shape[1], *[n * factor for n in x.shape[2:]])
        else:
            sizes = [n for s in x.shape[2:] for n in (s // factor, factor)]
            parts = x.reshape(x.shape[0], x.shape[1], *sizes)
            order = [0, 1] + [3 + 2 * i for i in range(axes)] + [2 + 2 * i for i in range(axes)]
            output = parts.permute(order).reshape(
                x.shape[0], -1, *[n // factor for n in x.shape[2:]])
        finish(family, name, generator, {"function": function, "factor": factor}, leaves,
               output.movedim(1, -1))

    shuffle("shuffle_1", "pixel_shuffle", (2, 3, 6), 3)
    shuffle("shuffle_2", "pixel_shuffle", (1, 3, 2, 8), 2)
    shuffle("shuffle_3", "pixel_shuffle", (1, 1, 2, 3, 8), 2)
    shuffle("unshuffle_1", "pixel_unshuffle", (2, 6, 2), 3)
    shuffle("unshuffle_2", "pixel_unshuffle", (1, 4, 6, 2), 2)
    shuffle("unshuffle_3", "pixel_unshuffle", (1, 2, 4, 2, 1), 2)

    def morphology(name, function, shape, window, **o):
        generator = family.generator(name)
        axes, channels = len(window), shape[-1]
        leaves = leaves_of(generator, input=shape, kernel=(*window, channels))
        o = moving(axes, **o)
        pairs = pairs_of(o["padding"], shape[1:-1], window, o["strides"], o["dilation"])
        sign = 1 if function == "dilation" else -1
        x = bordered(first(sign * leaves["input"]), pairs, -math.inf)
        for axis in range(axes):
            gap = o["dilation"][axis]
            x = x.unfold(2 + axis, (window[axis] - 1) * gap + 1, o["strides"][axis])[..., ::gap]
        kernel = leaves["kernel"] if sign > 0 else leaves["kernel"].flip(list(range(axes)))
        parts = x + first(kernel[None])[0].reshape(channels, *[1] * axes, *window)
        output = sign * parts.amax(tuple(range(-axes, 0)))
        finish(family, name, generator, {**o, "function": function}, leaves,
               output.movedim(1, -1))

    for function in ("dilation", "erosion"):
        morphology(f"{function}_1", function, (2, 6, 2), (3,), padding="same")
        morphology(f"{function}_2", function, (1, 5, 6, 2), (2, 3), strides=(2, 1))
        morphology(f"{function}_2_dilated", function, (1, 5, 6, 1), (2, 2), dilation=(2, 3),
                   padding=[[1, 0], [0, 1]])
