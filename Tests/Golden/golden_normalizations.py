"""Golden values of normalizations in float64, their statistics included.

`make_normalizations` computes with PyTorch, by its own functions where it has
them. `check_normalizations` computes with NumPy from the definitions, and
compares gradients with finite differences of that.
"""

import numpy as np

from golden_layers import add_case, check_case, leaf, normal


def make_normalizations(family):
    import torch
    import torch.nn.functional as F

    def leaves_of(name, shape, sizes=None, offset=True, mean=0.0):
        generator = family.generator(name)
        leaves = {"input": leaf(normal(generator, shape, 1.5) + np.float32(mean))}
        if sizes is not None:
            leaves["scale"] = leaf(1 + normal(generator, sizes, 0.3))
            if offset:
                leaves["offset"] = leaf(normal(generator, sizes, 0.5))
        return leaves, generator

    def add(name, options, leaves, output, constants=None, **others):
        options = {**options, "inputs": list(leaves)}
        add_case(family, name, options, leaves, output, constants, **others)

    def running(kind, name, shape, epsilon=1e-5, momentum=0.1, mean=0.0):
        """Training with PyTorch's running statistics: unbiased, new value weighed by momentum."""
        leaves, generator = leaves_of(name, shape, shape[-1:], mean=mean)
        statistics = [
            torch.tensor(normal(generator, shape[-1:]), dtype=torch.float64),
            torch.tensor(0.5 + generator.random(shape[-1:])),
        ]
        before = [tensor.clone() for tensor in statistics]
        x = leaves["input"].movedim(-1, 1)
        function = F.batch_norm if kind == "batch" else F.instance_norm
        y = function(
            x, *statistics, leaves["scale"], leaves["offset"], True, momentum, epsilon
        ).movedim(1, -1)
        add(
            name, {"layer": kind, "epsilon": epsilon, "momentum": momentum}, leaves, y,
            {"running_mean": before[0], "running_variance": before[1]},
            running_mean_after=statistics[0], running_variance_after=statistics[1],
        )

    running("batch", "batch_rank_2", (7, 3))
    running("batch", "batch_rank_4", (2, 3, 5, 4), momentum=0.25, mean=3.0)
    running("batch", "batch_one_channel", (5, 3, 1), epsilon=1e-3)
    running("instance", "instance_rank_3", (3, 7, 4))
    running("instance", "instance_rank_4", (2, 5, 3, 3), momentum=0.25, mean=-2.0)
    running("instance", "instance_rank_5", (2, 3, 1, 5, 1), epsilon=1e-3)

    def prediction(name, shape, epsilon=1e-5):
        leaves, generator = leaves_of(name, shape, shape[-1:])
        leaves["mean"] = leaf(normal(generator, shape[-1:]))
        leaves["variance"] = leaf(np.float32(0.2 + generator.random(shape[-1:])))
        y = (leaves["input"] - leaves["mean"]) / torch.sqrt(leaves["variance"] + epsilon)
        y = y * leaves["scale"] + leaves["offset"]
        add(name, {"layer": "batch_prediction", "epsilon": epsilon}, leaves, y)

    prediction("prediction_rank_2", (5, 3))
    prediction("prediction_rank_3", (2, 5, 7), 1e-3)
    prediction("prediction_rank_5", (1, 2, 3, 2, 1))

    def layer(name, shape, axes, epsilon=1e-5):
        sizes = [shape[axis] for axis in sorted(axis % len(shape) for axis in axes)]
        leaves, _ = leaves_of(name, shape, sizes)
        first = len(shape) - len(sizes)
        assert sorted(axis % len(shape) for axis in axes) == list(range(first, len(shape)))
        y = F.layer_norm(leaves["input"], sizes, leaves["scale"], leaves["offset"], epsilon)
        add(name, {"layer": "layer", "axes": axes, "epsilon": epsilon}, leaves, y)

    layer("layer_1", (5, 7), [-1])
    layer("layer_2", (3, 5, 3), [-1, -2])
    layer("layer_3", (2, 3, 3, 5), [1, 2, 3], 1e-2)

    def group(name, shape, groups, epsilon=1e-5):
        leaves, _ = leaves_of(name, shape, shape[-1:])
        y = F.group_norm(
            leaves["input"].movedim(-1, 1), groups, leaves["scale"], leaves["offset"], epsilon
        ).movedim(1, -1)
        add(name, {"layer": "group", "groups": groups, "epsilon": epsilon}, leaves, y)

    group("group_1", (3, 9), 3)
    group("group_2", (2, 5, 6), 2, 1e-2)
    group("group_3", (2, 3, 3, 5), 5)

    def root(name, shape, axes, shift, epsilon=1e-6):
        sizes = [shape[axis] for axis in axes]
        leaves, _ = leaves_of(name, shape, sizes, offset=False)
        y = F.rms_norm(leaves["input"], sizes, leaves["scale"] + shift, epsilon)
        add(name, {"layer": "rms", "axes": axes, "epsilon": epsilon, "shift": shift}, leaves, y)

    root("rms_plain", (5, 7), [-1], 0.0)
    root("rms_shift_1", (2, 3, 9), [-1], 1.0)
    root("rms_shift_two_axes", (3, 3, 5), [-2, -1], -0.5, 1e-2)

    def unified(name, shape, axes, groups=1, epsilon=1e-5):
        leaves, _ = leaves_of(name, shape, shape[-1:])
        x = leaves["input"]
        parts = x.reshape(*shape[:-1], groups, shape[-1] // groups) if groups > 1 else x
        over = [a if a < len(shape) - 1 or groups == 1 else len(shape) for a in axes]
        variance, mean = torch.var_mean(parts, over, correction=0, keepdim=True)
        y = ((parts - mean) / torch.sqrt(variance + epsilon)).reshape(shape)
        y = y * leaves["scale"] + leaves["offset"]
        options = {"layer": "unified", "axes": axes, "groups": groups, "epsilon": epsilon}
        add(name, options, leaves, y)

    unified("unified_batch", (4, 3, 5), [0, 1])
    unified("unified_instance", (2, 3, 5, 3), [1, 2])
    unified("unified_layer", (3, 7), [1])
    unified("unified_group", (2, 3, 6), [1, 2], 3, 1e-2)
    unified("unified_odd_choice", (3, 4, 5), [0, 2])

    def response(name, shape, size, alpha, beta, bias):
        leaves, _ = leaves_of(name, shape)
        y = F.local_response_norm(
            leaves["input"].movedim(-1, 1), size, alpha, beta, bias).movedim(1, -1)
        options = {"layer": "response", "size": size, "alpha": alpha, "beta": beta, "bias": bias}
        add(name, options, leaves, y)

    response("response_odd", (2, 3, 9), 5, 0.5, 0.75, 1.0)
    response("response_even", (2, 3, 5, 7), 4, 1.5, 0.5, 2.0)
    response("response_wider_than_channels", (1, 5, 3), 9, 2.0, 1.0, 0.5)
    response("response_one", (3, 2, 2, 1), 1, 1.0, 0.75, 1.0)

    def weight(name, shape, axis):
        generator = family.generator(name)
        leaves = {
            "direction": leaf(normal(generator, shape)),
            "magnitude": leaf(normal(generator, (shape[axis],))),
        }
        v = leaves["direction"].movedim(axis, 0)
        g = leaves["magnitude"].reshape(-1, *[1] * (len(shape) - 1))
        y = torch._weight_norm(v, g, 0).movedim(0, axis)
        add(name, {"layer": "weight", "axis": axis}, leaves, y)

    weight("weight_dense", (5, 3), -1)
    weight("weight_convolution", (3, 2, 3, 5), -1)
    weight("weight_first_axis", (3, 7), 0)

    def spectral(name, shape, iterations, training=True):
        generator = family.generator(name)
        kernel = normal(generator, shape)
        matrix = kernel.reshape(-1, shape[-1]).T.astype(np.float64)
        linear = torch.nn.Linear(matrix.shape[1], shape[-1], bias=False).double()
        linear = torch.nn.utils.spectral_norm(linear, n_power_iterations=max(iterations, 1))
        u = normal(generator, (shape[-1],)).astype(np.float64)
        v = normal(generator, (matrix.shape[1],)).astype(np.float64)
        u, v = u / np.linalg.norm(u), v / np.linalg.norm(v)
        linear.weight_orig.data = torch.tensor(matrix)
        linear.weight_u.copy_(torch.tensor(u))
        linear.weight_v.copy_(torch.tensor(v))
        linear.train(training)
        linear(torch.zeros(1, matrix.shape[1], dtype=torch.float64))
        output = linear.weight
        cotangent = normal(generator, shape)
        output.backward(torch.tensor(cotangent.reshape(-1, shape[-1]).T, dtype=torch.float64))
        options = {"layer": "spectral", "iterations": iterations, "training": training,
                   "inputs": ["kernel"]}
        family.add(
            name, options, kernel=kernel.astype(np.float64), left=u, right=v,
            output=output.detach().numpy().T.reshape(shape),
            cotangent=cotangent.astype(np.float64),
            kernel_gradient=linear.weight_orig.grad.numpy().T.reshape(shape),
            left_after=linear.weight_u, right_after=linear.weight_v,
        )

    spectral("spectral_dense", (5, 3), 1)
    spectral("spectral_convolution", (3, 1, 2, 7), 1)
    spectral("spectral_three_iterations", (4, 5), 3)
    spectral("spectral_prediction", (5, 4), 1, training=False)


def check_normalizations(case, options, tensors):
    layer = options["layer"]
    epsilon = options.get("epsilon")

    def standardized(x, axes):
        centred = x - x.sum(axes, keepdims=True) / (x.size / x.sum(axes).size)
        return centred / np.sqrt((centred**2).mean(axes, keepdims=True) + epsilon)

    def function(values):
        if layer == "weight":
            v = np.moveaxis(values["direction"], options["axis"], -1)
            norms = np.sqrt((v.reshape(-1, v.shape[-1]) ** 2).sum(0))
            return np.moveaxis(v / norms * values["magnitude"], -1, options["axis"])
        if layer == "spectral":
            matrix = values["kernel"].reshape(-1, values["kernel"].shape[-1]).T
            sigma = tensors["left_after"] @ matrix @ tensors["right_after"]
            return values["kernel"] / sigma
        x = values["input"]
        if layer == "response":
            result = np.empty_like(x)
            size = options["size"]
            for c in range(x.shape[-1]):
                near = x[..., max(0, c - size // 2) : c + (size - 1) // 2 + 1]
                sums = (near**2).sum(-1)
                divisor = options["bias"] + options["alpha"] * sums / size
                result[..., c] = x[..., c] / divisor ** options["beta"]
            return result
        if layer == "rms":
            axes = tuple(axis % x.ndim for axis in options["axes"])
            root = np.sqrt((x**2).mean(axes, keepdims=True) + epsilon)
            return x / root * (values["scale"] + options["shift"])
        if layer == "batch_prediction":
            y = (x - values["mean"]) / np.sqrt(values["variance"] + epsilon)
        elif layer == "batch":
            y = standardized(x, tuple(range(x.ndim - 1)))
        elif layer == "instance":
            y = standardized(x, tuple(range(1, x.ndim - 1)))
        elif layer == "layer":
            y = standardized(x, tuple(axis % x.ndim for axis in options["axes"]))
        else:
            axes = options.get("axes") or list(range(1, x.ndim))
            share = x.shape[-1] // options["groups"]
            if options["groups"] == 1:
                y = standardized(x, tuple(axes))
            else:
                y = np.concatenate([
                    standardized(x[..., i * share : (i + 1) * share], tuple(axes))
                    for i in range(options["groups"])
                ], -1)
        return y * values["scale"] + values["offset"]

    check_case(case, tensors, options["inputs"], function)
    if layer == "spectral" and options["training"]:
        matrix = tensors["kernel"].reshape(-1, tensors["kernel"].shape[-1]).T
        u = tensors["left"]
        for _ in range(options["iterations"]):
            v = matrix.T @ u
            v = v / np.sqrt((v**2).sum())
            u = matrix @ v
            u = u / np.sqrt((u**2).sum())
        np.testing.assert_allclose(tensors["left_after"], u, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(tensors["right_after"], v, rtol=1e-12, atol=1e-14)
    if layer in ("batch", "instance"):
        x = tensors["input"]
        axes = tuple(range(x.ndim - 1)) if layer == "batch" else tuple(range(1, x.ndim - 1))
        mean, variance = x.mean(axes), x.var(axes, ddof=1)
        if layer == "instance":
            mean, variance = mean.mean(0), variance.mean(0)
        weight = options["momentum"]
        for what, new in (("mean", mean), ("variance", variance)):
            expected = (1 - weight) * tensors[f"running_{what}"] + weight * new
            np.testing.assert_allclose(tensors[f"running_{what}_after"], expected, rtol=1e-12)
