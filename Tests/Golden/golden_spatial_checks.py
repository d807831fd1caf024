"""What the golden values of the spatial layers have to be, computed with NumPy alone.

Every value is computed position by position from its definition, by code that
shares nothing with the makers. Gradients are compared with differences along
random directions.
"""

import itertools
import math

import numpy as np


def check_spatial(case, options, tensors):
    function = FUNCTIONS[options["function"]]
    point = {what: tensors[what] for what in options["inputs"]}
    others = {"samples": tensors["samples"]} if "samples" in tensors else {}
    value = function(options, **point, **others)
    np.testing.assert_allclose(
        value, tensors["output"], rtol=1e-9, atol=1e-11, err_msg=f"{case}/output")
    generator = np.random.default_rng(1)
    step = 1e-5
    for what, x in point.items():
        gradient = tensors[f"{what}_gradient"]
        assert gradient.shape == x.shape, f"{case}: gradient of {what}"
        for _ in range(2):
            direction = generator.standard_normal(x.shape)
            ahead = function(options, **{**point, what: x + step * direction}, **others)
            behind = function(options, **{**point, what: x - step * direction}, **others)
            slope = ((ahead - behind) * tensors["cotangent"]).sum() / (2 * step)
            np.testing.assert_allclose(
                (gradient * direction).sum(), slope, rtol=1e-5, atol=1e-7,
                err_msg=f"{case}/{what}_gradient")


def borders(o, sizes, window):
    """Positions before each axis, and the number of windows along it."""
    low, counts = [], []
    for axis, (n, k) in enumerate(zip(sizes, window)):
        reach, stride = (k - 1) * o["dilation"][axis] + 1, o["strides"][axis]
        if o["padding"] == "same":
            count = -(-n // stride)
            low.append(max((count - 1) * stride + reach - n, 0) // 2)
        else:
            before, after = (0, 0) if o["padding"] == "valid" else o["padding"][axis]
            low.append(before)
            count = (n + before + after - reach) // stride + 1
        counts.append(count)
    return low, counts


def windows(o, sizes, window):
    """For each output position: the taps that lie within the input, with their positions."""
    low, counts = borders(o, sizes, window)
    for position in np.ndindex(*counts):
        inside = []
        for tap in np.ndindex(*window):
            at = tuple(
                p * s - l + k * d
                for p, s, l, k, d in zip(position, o["strides"], low, tap, o["dilation"]))
            if all(0 <= i < n for i, n in zip(at, sizes)):
                inside.append((tap, at))
        yield position, inside


def convolution(o, input, kernel, bias=None, groups=None):
    groups = groups or o.get("groups", 1)
    gaps = o.get("input_dilation", [1] * (input.ndim - 2))
    sizes = [(n - 1) * g + 1 for n, g in zip(input.shape[1:-1], gaps)]
    window, (channels, outputs) = kernel.shape[:-2], kernel.shape[-2:]
    _, counts = borders(o, sizes, window)
    y = np.zeros((len(input), *counts, outputs))
    for position, inside in windows(o, sizes, window):
        for tap, at in inside:
            if any(i % g for i, g in zip(at, gaps)):
                continue
            x = input[(slice(None), *(i // g for i, g in zip(at, gaps)))]
            for out in range(outputs):
                group = out // (outputs // groups)
                part = x[:, group * channels : (group + 1) * channels]
                y[(slice(None), *position, out)] += part @ kernel[(*tap, slice(None), out)]
    return y if bias is None else y + bias


def transposed_convolution(o, input, kernel, bias):
    axes, groups = input.ndim - 2, o["groups"]
    window, (outputs, channels) = kernel.shape[:axes], kernel.shape[axes:]
    if o["reversed_kernel"]:
        kernel = np.flip(kernel, tuple(range(axes)))
    sizes, low = [], []
    for axis in range(axes):
        n, k, s, d = input.shape[1 + axis], window[axis], o["strides"][axis], o["dilation"][axis]
        reach = (k - 1) * d + 1
        if o["padding"] == "same":
            sizes.append(n * s)
            low.append(max(reach - s, 0) // 2)
        else:
            before, after = (0, 0) if o["padding"] == "valid" else o["padding"][axis]
            sizes.append((n - 1) * s + reach - before - after + o["output_padding"][axis])
            low.append(before)
    y = np.zeros((len(input), *sizes, outputs * groups))
    for position, tap in itertools.product(np.ndindex(*input.shape[1:-1]), np.ndindex(*window)):
        at = tuple(
            p * s + k * d - l
            for p, s, k, d, l in zip(position, o["strides"], tap, o["dilation"], low))
        if not all(0 <= i < n for i, n in zip(at, sizes)):
            continue
        x = input[(slice(None), *position)]
        for group in range(groups):
            part = slice(group * channels // groups, (group + 1) * channels // groups)
            y[(slice(None), *at, slice(group * outputs, (group + 1) * outputs))] += (
                x[:, part] @ kernel[tap][:, part].T)
    return y + bias


def depthwise_convolution(o, input, kernel, bias):
    return convolution(o, input, kernel, bias, groups=input.shape[-1])


def separable_convolution(o, input, kernel, pointwise_kernel, bias):
    return convolution(o, input, kernel, groups=input.shape[-1]) @ pointwise_kernel + bias


def axial_convolution(o, input, **parameters):
    for axis in range(input.ndim - 2):
        only = lambda values, other: [v if i == axis else other for i, v in enumerate(values)]
        one = {what: only(o[what], 1) for what in ("strides", "dilation")}
        named = isinstance(o["padding"], str)
        one["padding"] = o["padding"] if named else only(o["padding"], (0, 0))
        input = convolution(
            one, input, parameters[f"kernel_{axis + 1}"], parameters[f"bias_{axis + 1}"],
            groups=input.shape[-1])
    return input


def pooled(o, input, reduce):
    """`reduce` of the elements of each window, [terms, batch, channels]."""
    sizes, window = input.shape[1:-1], o["window"]
    _, counts = borders(o, sizes, window)
    y = np.zeros((len(input), *counts, input.shape[-1]))
    for position, inside in windows(o, sizes, window):
        y[(slice(None), *position)] = reduce(
            np.stack([input[(slice(None), *at)] for _, at in inside]))
    return y


def max_pool(o, input):
    return pooled(o, input, lambda x: x.max(0))


def average_pool(o, input):
    count = math.prod(o["window"]) if o["counts_padding"] else None
    return pooled(o, input, lambda x: x.sum(0) / (count or len(x)))


def norm_of(o):
    return lambda x: (np.abs(x) ** o["norm"]).sum(0) ** (1 / o["norm"])


def lp_pool(o, input):
    return pooled(o, input, norm_of(o))


def binned(input, size, reduce):
    y = np.zeros((len(input), *size, input.shape[-1]))
    for position in np.ndindex(*size):
        ranges = [
            range(p * n // m, math.ceil((p + 1) * n / m))
            for p, n, m in zip(position, input.shape[1:-1], size)]
        y[(slice(None), *position)] = reduce(
            np.stack([input[(slice(None), *at)] for at in itertools.product(*ranges)]))
    return y


def whole(reduce):
    def pool(o, input):
        return reduce(o)(np.moveaxis(input.reshape(len(input), -1, input.shape[-1]), 1, 0))
    return pool


def blur_pool(o, input):
    weights = np.array([1.0])
    for _ in range(o["size"] - 1):
        weights = np.convolve(weights, [0.5, 0.5])
    low, high = (o["size"] - 1) // 2, o["size"] // 2
    y = input
    for axis in range(1, input.ndim - 1):
        pads = [(low, high) if a == axis else (0, 0) for a in range(y.ndim)]
        y = np.pad(y, pads, mode="edge" if o["mode"] == "replicate" else o["mode"])
        stride = o["strides"][axis - 1]
        count = (y.shape[axis] - o["size"]) // stride + 1
        y = np.stack([
            sum(w * y.take(i * stride + k, axis) for k, w in enumerate(weights))
            for i in range(count)], axis)
    return y


def fractional_max_pool(o, input, samples):
    y = np.zeros((len(input), *o["output_size"], input.shape[-1]))
    axes = input.ndim - 2
    samples = np.broadcast_to(samples, (len(input), axes, input.shape[-1]))
    for n, *position, c in np.ndindex(*y.shape):
        ranges = []
        for axis in range(axes):
            size, count = input.shape[1 + axis], o["output_size"][axis]
            window, sample = o["window"][axis], samples[n, axis, c]
            start = size - window
            if position[axis] < count - 1:
                alpha = (size - window) / (count - 1)
                start = int((position[axis] + sample) * alpha) - int(sample * alpha)
            ranges.append(range(start, start + window))
        y[(n, *position, c)] = max(input[(n, *at, c)] for at in itertools.product(*ranges))
    return y


def pad(o, input):
    names = {"replicate": "edge", "circular": "wrap"}
    return np.pad(input, o["pairs"], mode=names.get(o["mode"], o["mode"]))


def cubic(x):
    x = abs(x)
    if x < 1:
        return (1.5 * x - 2.5) * x * x + 1
    return ((-0.5 * x + 2.5) * x - 4) * x + 2 if x < 2 else 0.0


def lanczos(radius):
    return lambda x: np.sinc(x) * np.sinc(x / radius) if abs(x) < radius else 0.0


KERNELS = {
    "bilinear": lambda x: max(0.0, 1 - abs(x)), "bicubic": cubic, "lanczos3": lanczos(3),
    "lanczos5": lanczos(5),
}


def resize(o, input):
    if o["method"] == "area":
        return binned(input, o["output_size"], lambda x: x.mean(0))
    for axis, count in enumerate(o["output_size"], 1):
        size = input.shape[axis]
        matrix = np.zeros((count, size))
        for i in range(count):
            if o["method"] == "nearest":
                matrix[i, math.floor((i + 0.5) * size / count)] = 1
                continue
            at, scale = (i + 0.5) * size / count - 0.5, 1.0
            if o.get("aligns_corners"):
                at = i * (size - 1) / (count - 1) if count > 1 else 0.0
            elif o["antialias"]:
                scale = max(1.0, size / count)
            row = [KERNELS[o["method"]]((at - k) / scale) for k in range(size)]
            matrix[i] = np.array(row) / sum(row)
        if size != count or o["method"] != "nearest":
            input = np.moveaxis(np.tensordot(matrix, input, (1, axis)), 0, axis)
    return input


def upsample(o, input):
    sizes = [n * f for n, f in zip(input.shape[1:-1], o["factors"])]
    return resize({"method": o["method"], "output_size": sizes, "antialias": False}, input)


def pixel_shuffle(o, input):
    r, axes = o["factor"], input.ndim - 2
    channels = input.shape[-1] // r ** axes
    y = np.zeros((len(input), *[n * r for n in input.shape[1:-1]], channels))
    for n, *at, c in np.ndindex(*y.shape):
        offset = 0
        for i in at:
            offset = offset * r + i % r
        y[(n, *at, c)] = input[(n, *[i // r for i in at], c * r ** axes + offset)]
    return y


def pixel_unshuffle(o, input):
    r, axes = o["factor"], input.ndim - 2
    y = np.zeros((len(input), *[n // r for n in input.shape[1:-1]], input.shape[-1] * r ** axes))
    for n, *at, c in np.ndindex(*input.shape):
        offset = 0
        for i in at:
            offset = offset * r + i % r
        y[(n, *[i // r for i in at], c * r ** axes + offset)] = input[(n, *at, c)]
    return y


def morphology(o, input, kernel):
    sizes, window = input.shape[1:-1], kernel.shape[:-1]
    erodes = o["function"] == "erosion"
    _, counts = borders(o, sizes, window)
    y = np.zeros((len(input), *counts, input.shape[-1]))
    for position, inside in windows(o, sizes, window):
        if erodes:
            terms = [
                input[(slice(None), *at)] - kernel[tuple(k - 1 - t for k, t in zip(window, tap))]
                for tap, at in inside]
            y[(slice(None), *position)] = np.min(terms, 0)
        else:
            terms = [input[(slice(None), *at)] + kernel[tap] for tap, at in inside]
            y[(slice(None), *position)] = np.max(terms, 0)
    return y


def adaptive(reduce):
    return lambda o, input: binned(input, o["output_size"], reduce(o))


MEAN, MAXIMUM = lambda o: lambda x: x.mean(0), lambda o: lambda x: x.max(0)

FUNCTIONS = {
    "convolution": convolution, "transposed_convolution": transposed_convolution,
    "depthwise_convolution": depthwise_convolution,
    "separable_convolution": separable_convolution, "axial_convolution": axial_convolution,
    "max_pool": max_pool, "average_pool": average_pool, "lp_pool": lp_pool,
    "adaptive_average_pool": adaptive(MEAN), "adaptive_max_pool": adaptive(MAXIMUM),
    "adaptive_lp_pool": adaptive(norm_of), "global_average_pool": whole(MEAN),
    "global_max_pool": whole(MAXIMUM), "global_lp_pool": whole(norm_of), "blur_pool": blur_pool,
    "fractional_max_pool": fractional_max_pool, "pad": pad, "resize": resize,
    "upsample": upsample, "pixel_shuffle": pixel_shuffle, "pixel_unshuffle": pixel_unshuffle,
    "dilation": morphology, "erosion": morphology,
}
