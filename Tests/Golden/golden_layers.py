"""Golden values of normalization, embedding and attention.

`make_<family>` computes with PyTorch, by its own layers and functions where it
has them. `check_<family>` computes with NumPy, in the plainest way, and compares
gradients with finite differences of that.
"""

import numpy as np


def normal(generator, shape, scale=1.0):
    return (scale * generator.standard_normal(shape)).astype(np.float32)


def leaf(array):
    """A float64 tensor that collects a gradient."""
    import torch

    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def add_case(family, name, options, leaves, output, constants=None, **others):
    """Adds a case with a random cotangent and the gradients of all leaves."""
    import torch

    cotangent = normal(family.generator(f"{name} cotangent"), tuple(output.shape))
    output.backward(torch.tensor(cotangent, dtype=torch.float64))
    gradients = {f"{what}_gradient": tensor.grad for what, tensor in leaves.items()}
    family.add(
        name, options, **leaves, **(constants or {}), output=output, cotangent=cotangent,
        **gradients, **others,
    )


def check_case(case, tensors, names, function):
    """Checks the output, and every gradient along one random direction."""
    values = {name: tensors[name].astype(np.float64) for name in names}
    cotangent = tensors["cotangent"].astype(np.float64)
    np.testing.assert_allclose(
        tensors["output"], function(values), rtol=2e-6, atol=1e-6, err_msg=f"{case}/output"
    )
    generator = np.random.default_rng(1)
    step = 1e-5
    for name in names:
        direction = generator.standard_normal(values[name].shape)
        ends = []
        for sign in (1, -1):
            moved = dict(values, **{name: values[name] + sign * step * direction})
            ends.append((function(moved) * cotangent).sum())
        np.testing.assert_allclose(
            (tensors[f"{name}_gradient"].astype(np.float64) * direction).sum(),
            (ends[0] - ends[1]) / (2 * step), rtol=2e-5, atol=2e-5,
            err_msg=f"{case}/{name}_gradient",
        )


# ---------------------------------------------------------------------------
# normalization
# ---------------------------------------------------------------------------


def make_normalization(family):
    import torch
    import torch.nn.functional as F

    def inputs(name, shape, sizes, mean=0.0, spread=1.5, has_offset=True):
        generator = family.generator(name)
        leaves = {"input": leaf(normal(generator, shape, spread) + np.float32(mean))}
        leaves["scale"] = leaf(1 + normal(generator, sizes, 0.3))
        if has_offset:
            leaves["offset"] = leaf(normal(generator, sizes, 0.5))
        return leaves

    def layer(name, shape, axes, epsilon=1e-5, **kind):
        positions = sorted(axis % len(shape) for axis in axes)
        sizes = [shape[axis] for axis in positions]
        leaves = inputs(name, shape, sizes, **kind)
        # PyTorch normalizes trailing axes: others are moved there and back.
        order = [axis for axis in range(len(shape)) if axis not in positions] + positions
        y = F.layer_norm(
            leaves["input"].permute(order), sizes, leaves["scale"], leaves["offset"], epsilon
        ).permute(tuple(np.argsort(order)))
        add_case(family, name, {"kind": "layer", "axes": axes, "epsilon": epsilon}, leaves, y)

    def root(name, shape, axes, epsilon=1e-6):
        sizes = [shape[axis] for axis in axes]
        leaves = inputs(name, shape, sizes, has_offset=False)
        y = F.rms_norm(leaves["input"], sizes, leaves["scale"], epsilon)
        add_case(family, name, {"kind": "rms", "axes": axes, "epsilon": epsilon}, leaves, y)

    def group(name, shape, groups, epsilon=1e-5, **kind):
        leaves = inputs(name, shape, shape[-1:], **kind)
        y = F.group_norm(
            leaves["input"].movedim(-1, 1), groups, leaves["scale"], leaves["offset"], epsilon
        ).movedim(1, -1)
        options = {"kind": "group", "groups": groups, "epsilon": epsilon}
        add_case(family, name, options, leaves, y)

    layer("layer_rank_2", (5, 7), [-1])
    layer("layer_rank_3", (2, 3, 8), [-1])
    layer("layer_two_axes", (4, 3, 5), [-2, -1])
    layer("layer_middle_axis", (3, 4, 5), [1])
    layer("layer_apart", (3, 4, 2, 5), [1, 3])
    layer("layer_epsilon_1e3_small_spread", (6, 9), [-1], epsilon=1e-3, spread=0.05)
    layer("layer_large_mean", (4, 3, 6), [-1], mean=50.0)
    root("rms_rank_2", (5, 7), [-1])
    root("rms_rank_3", (2, 3, 8), [-1], epsilon=1e-3)
    root("rms_two_axes", (4, 3, 5), [-2, -1])
    group("group_rank_2", (3, 12), 3)
    group("group_rank_4", (2, 3, 4, 6), 2)
    group("group_instance", (2, 5, 4), 4, epsilon=1e-3)
    group("group_one", (3, 4, 4), 1, mean=20.0)


def check_normalization(case, options, tensors):
    kind, epsilon = options["kind"], options["epsilon"]

    def function(values):
        x = values["input"]
        if kind == "group":
            result = np.empty_like(x)
            share = x.shape[-1] // options["groups"]
            for example in range(len(x)):
                for group in range(options["groups"]):
                    part = x[example, ..., group * share : (group + 1) * share]
                    centred = part - part.sum() / part.size
                    deviation = np.sqrt((centred**2).sum() / part.size + epsilon)
                    result[example, ..., group * share : (group + 1) * share] = centred / deviation
            return result * values["scale"] + values["offset"]
        axes = tuple(sorted(axis % x.ndim for axis in options["axes"]))
        aligned = [x.shape[axis] if axis in axes else 1 for axis in range(x.ndim)]
        if kind == "layer":
            x = x - x.mean(axis=axes, keepdims=True)
        y = x / np.sqrt((x**2).mean(axis=axes, keepdims=True) + epsilon)
        y = y * values["scale"].reshape(aligned)
        return y + values["offset"].reshape(aligned) if kind == "layer" else y

    names = ["input", "scale"] + (["offset"] if kind != "rms" else [])
    check_case(case, tensors, names, function)


# ---------------------------------------------------------------------------
# embedding
# ---------------------------------------------------------------------------


def make_embedding(family):
    import torch
    import torch.nn.functional as F

    def case(name, shape, vocabulary, features, dtype="int32"):
        generator = family.generator(name)
        ids = generator.integers(0, vocabulary, shape).astype(dtype)
        table = leaf(normal(generator, (vocabulary, features)))
        y = F.embedding(torch.tensor(ids.astype("int64")), table)
        add_case(family, name, {}, {"table": table}, y, {"ids": ids})

    case("vector", (6,), 5, 3)
    case("sequences", (3, 7), 11, 4)
    case("rank_3_int64", (2, 3, 2), 4, 5, "int64")
    case("bytes", (4, 4), 7, 2, "uint8")
    case("scalar", (), 4, 3)


def check_embedding(case, options, tensors):
    ids = tensors["ids"]

    def function(values):
        result = np.empty(ids.shape + values["table"].shape[1:])
        for index in np.ndindex(*ids.shape):
            result[index] = values["table"][int(ids[index])]
        return result

    check_case(case, tensors, ["table"], function)


# ---------------------------------------------------------------------------
# attention
# ---------------------------------------------------------------------------


def make_attention(family):
    import torch
    import torch.nn.functional as F

    def case(name, leading, queries, keys, features, outputs, causal=False, scale=None, mask=None):
        generator = family.generator(name)
        leaves = {
            "query": leaf(normal(generator, (*leading, queries, features))),
            "key": leaf(normal(generator, (*leading, keys, features))),
            "value": leaf(normal(generator, (*leading, keys, outputs))),
        }
        constants, argument = {}, None
        if mask == "truth":
            choice = generator.random((*leading[:-1], 1, queries, keys)) < 0.6
            choice[..., 0] = True
            argument = torch.tensor(choice)
            constants["mask"] = choice
        elif mask == "numbers":
            leaves["mask"] = argument = leaf(normal(generator, (queries, keys)))
        y = F.scaled_dot_product_attention(
            leaves["query"], leaves["key"], leaves["value"], attn_mask=argument,
            is_causal=causal, scale=scale,
        )
        add_case(
            family, name, {"causal": causal, "scale": scale, "mask": mask}, leaves, y, constants)

    case("one_head", (), 4, 4, 3, 3)
    case("heads", (2, 3), 4, 4, 5, 5)
    case("cross", (2, 2), 3, 6, 4, 2)
    case("causal", (2, 2), 5, 5, 4, 4, causal=True)
    case("causal_fewer_queries", (1, 2), 3, 5, 4, 4, causal=True)
    case("scaled", (2, 2), 4, 4, 4, 4, scale=0.7)
    case("truth", (2, 3), 4, 5, 3, 3, mask="truth")
    case("numbers", (2, 2), 4, 5, 3, 3, mask="numbers")

    def layer(name, features, heads, queries, keys=None, causal=False, bias=True):
        """PyTorch's layer with our kernels, which are transposed, side by side."""
        generator = family.generator(name)
        memory_features = features if keys is None else features + 2
        module = torch.nn.MultiheadAttention(
            features, heads, bias=bias, batch_first=True, dtype=torch.float64,
            kdim=memory_features, vdim=memory_features,
        )
        leaves = {"input": leaf(normal(generator, (2, queries, features)))}
        widths = {"query": features, "key": memory_features, "value": memory_features}
        if keys is not None:
            leaves["memory"] = leaf(normal(generator, (2, keys, memory_features)))
            for what, width in widths.items():
                leaves[f"{what}_kernel"] = leaf(normal(generator, (width, features), 0.5))
        else:
            leaves["kernel"] = leaf(normal(generator, (features, 3 * features), 0.5))
        leaves["output_kernel"] = leaf(normal(generator, (features, features), 0.5))
        if bias:
            if keys is not None:
                for what in widths:
                    leaves[f"{what}_bias"] = leaf(normal(generator, (features,), 0.3))
            else:
                leaves["bias"] = leaf(normal(generator, (3 * features,), 0.3))
            leaves["output_bias"] = leaf(normal(generator, (features,), 0.3))
        weights = {"out_proj.weight": leaves["output_kernel"].T}
        if keys is None:
            weights["in_proj_weight"] = leaves["kernel"].T
        else:
            for what in widths:
                weights[f"{what[0]}_proj_weight"] = leaves[f"{what}_kernel"].T
        if bias:
            weights["out_proj.bias"] = leaves["output_bias"]
            weights["in_proj_bias"] = (
                leaves["bias"] if keys is None
                else torch.cat([leaves[f"{what}_bias"] for what in widths])
            )
        mask = None
        if causal:
            mask = torch.triu(torch.ones(queries, keys or queries, dtype=torch.bool), 1)
        memory = leaves.get("memory", leaves["input"])
        y, _ = torch.func.functional_call(
            module, weights, (leaves["input"], memory, memory),
            {"need_weights": False, "attn_mask": mask},
        )
        add_case(
            family, name, {"heads": heads, "causal": causal, "scale": None, "mask": None},
            leaves, y)

    layer("layer_self", 6, 2, 4)
    layer("layer_self_causal", 8, 4, 5, causal=True)
    layer("layer_self_no_bias", 4, 1, 3, bias=False)
    layer("layer_cross", 6, 3, 4, keys=5)
    layer("layer_cross_no_bias", 4, 2, 3, keys=2, bias=False)


def check_attention(case, options, tensors):
    def attention(query, key, value, mask=None):
        features = query.shape[-1]
        scores = query @ np.swapaxes(key, -1, -2)
        scores = scores * (options["scale"] or 1 / np.sqrt(features))
        if mask is not None:
            scores = np.where(mask, scores, -np.inf) if mask.dtype == bool else scores + mask
        if options["causal"]:
            scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
        powers = np.exp(scores)
        return powers / powers.sum(axis=-1, keepdims=True) @ value

    def layer(values):
        def projected(x, what):
            y = x @ values[f"{what}kernel"]
            return y + values[f"{what}bias"] if f"{what}bias" in values else y

        x = values["input"]
        features, heads = x.shape[-1], options["heads"]
        if "memory" in values:
            memory = values["memory"]
            parts = [projected(x, "query_"), projected(memory, "key_"), projected(memory, "value_")]
        else:
            whole = projected(x, "")
            parts = [whole[..., i * features : (i + 1) * features] for i in range(3)]
        share = features // heads
        mixed = [
            attention(*(part[..., head * share : (head + 1) * share] for part in parts))
            for head in range(heads)
        ]
        return projected(np.concatenate(mixed, axis=-1), "output_")

    names = [name for name in tensors if f"{name}_gradient" in tensors]
    if "heads" in options:
        check_case(case, tensors, names, layer)
        return
    check_case(
        case, tensors, names,
        lambda values: attention(
            values["query"], values["key"], values["value"],
            tensors["mask"] if options["mask"] == "truth" else values.get("mask"),
        ),
    )
