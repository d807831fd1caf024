"""Golden values in float64 of layers that mix, choose, weigh or drop features.

`make_feature_layers` computes with PyTorch; what dropout keeps is drawn with JAX,
whose keys Ranvier's equal. `check_feature_layers` computes with NumPy from the
definitions, and compares gradients with finite differences of that.
"""

import numpy as np

from golden_layers import add_case, check_case, leaf, normal

ALPHA = 1.0507009873554805 * 1.6732632423543772


def make_feature_layers(family):
    import torch
    import torch.nn.functional as F

    def add(name, layer, options, leaves, output, constants=None):
        options = {**options, "layer": layer, "inputs": list(leaves)}
        add_case(family, name, options, leaves, output, constants)

    def random(name, shapes):
        generator = family.generator(name)
        return {what: leaf(normal(generator, shape, 0.8)) for what, shape in shapes.items()}

    def dense(name, shape, outputs, bias=True):
        shapes = {"input": shape, "kernel": (shape[-1], outputs)}
        if bias:
            shapes["bias"] = (outputs,)
        v = random(name, shapes)
        add(name, "dense", {}, v, F.linear(v["input"], v["kernel"].T, v.get("bias")))

    dense("dense_rank_2", (5, 7), 3)
    dense("dense_rank_4", (2, 3, 1, 5), 4)
    dense("dense_no_bias", (1, 9), 1, bias=False)

    def bilinear(name, leading, first, second, outputs, bias=True):
        shapes = {"input": (*leading, first), "second": (*leading, second),
                  "kernel": (outputs, first, second)}
        if bias:
            shapes["bias"] = (outputs,)
        v = random(name, shapes)
        add(name, "bilinear", {}, v,
            F.bilinear(v["input"], v["second"], v["kernel"], v.get("bias")))

    bilinear("bilinear_rank_2", (5,), 3, 4, 7)
    bilinear("bilinear_rank_3", (2, 3), 5, 1, 3)
    bilinear("bilinear_no_bias", (1,), 7, 9, 1, bias=False)

    for index, shape in enumerate(((5, 3), (2, 3, 7), (1, 1))):
        v = random(f"bias_{index}", {"input": shape, "bias": shape[-1:]})
        add(f"bias_{index}", "bias", {}, v, v["input"] + v["bias"])

    def embedding(name, shape, vocabulary, features, padding=None, by_frequency=False):
        generator = family.generator(name)
        ids = generator.integers(0, vocabulary, shape).astype(np.int32)
        rows = normal(generator, (vocabulary, features))
        if padding is not None:
            rows[padding] = 0
        table = leaf(rows)
        y = F.embedding(
            torch.tensor(ids).long(), table, padding, scale_grad_by_freq=by_frequency)
        options = {"padding": padding, "by_frequency": by_frequency}
        add(name, "embedding", options, {"table": table}, y, {"ids": ids})

    embedding("embedding_plain", (7,), 5, 3)
    embedding("embedding_padding_0", (3, 7), 5, 2, padding=0)
    embedding("embedding_padding_last", (3, 5), 4, 3, padding=-1)
    embedding("embedding_by_frequency", (3, 5), 4, 3, by_frequency=True)
    embedding("embedding_padding_by_frequency", (2, 9), 4, 1, padding=2, by_frequency=True)

    def graph(name, leading, nodes, features, outputs, normalization="symmetric", loops=True,
              weighted=False, shared=False, bias=True):
        generator = family.generator(name)
        shapes = {"input": (*leading, nodes, features), "kernel": (features, outputs)}
        if bias:
            shapes["bias"] = (outputs,)
        v = random(name, shapes)
        batch = () if shared else leading
        edges = (generator.random((*batch, nodes, nodes)) < 0.4).astype(np.float32)
        edges = np.maximum(edges, np.swapaxes(edges, -1, -2))
        if weighted:
            edges = edges * np.float32(0.2 + generator.random(edges.shape))
        edges[..., 1, :] = edges[..., :, 1] = 0
        constants = {"edges": edges.astype(np.float64)}
        if weighted:
            # Without loops a node alone has no derivative.
            v["edges"], constants = leaf(edges), {}
        a = v.get("edges", torch.tensor(edges, dtype=torch.float64))
        full = a + torch.eye(nodes, dtype=torch.float64) if loops else a
        degree = full.sum(-1)
        safe = torch.where(degree == 0, torch.ones_like(degree), degree)
        if normalization == "symmetric":
            root = torch.where(degree == 0, torch.zeros_like(degree), safe**-0.5)
            full = root.unsqueeze(-1) * full * root.unsqueeze(-2)
        elif normalization == "rows":
            full = full / safe.unsqueeze(-1)
        y = full @ v["input"] @ v["kernel"]
        if bias:
            y = y + v["bias"]
        add(name, "graph", {"normalization": normalization, "loops": loops}, v, y, constants)

    graph("graph_single", (), 5, 3, 4)
    graph("graph_batch", (2,), 4, 3, 2, weighted=True)
    graph("graph_shared", (3,), 5, 2, 1, shared=True, bias=False)
    graph("graph_rows", (2,), 3, 4, 2, normalization="rows", weighted=True)
    graph("graph_sums", (), 7, 2, 3, normalization="none", loops=False)
    graph("graph_no_loops", (), 5, 2, 3, loops=False)

    def squeeze(name, shape, units, gate="sigmoid", bias=True):
        c = shape[-1]
        shapes = {"input": shape, "squeeze_kernel": (c, units), "excite_kernel": (units, c)}
        if bias:
            shapes |= {"squeeze_bias": (units,), "excite_bias": (c,)}
        v = random(name, shapes)
        means = v["input"].mean(tuple(range(1, len(shape) - 1)))
        hidden = F.relu(F.linear(means, v["squeeze_kernel"].T, v.get("squeeze_bias")))
        weights = F.linear(hidden, v["excite_kernel"].T, v.get("excite_bias"))
        weights = torch.sigmoid(weights) if gate == "sigmoid" else F.hardsigmoid(weights)
        y = v["input"] * weights.reshape(shape[0], *[1] * (len(shape) - 2), c)
        add(name, "squeeze", {"gate": gate}, v, y)

    squeeze("squeeze_2", (2, 3, 5, 7), 3)
    squeeze("squeeze_1", (3, 5, 4), 1, bias=False)
    squeeze("squeeze_3", (1, 3, 1, 3, 5), 2)

    def crop(name, shape, size, start=None):
        v = random(name, {"input": shape})
        y = v["input"]
        for axis, length in enumerate(size):
            begin = (shape[axis + 1] - length) // 2 if start is None else start[axis]
            y = y.narrow(axis + 1, begin, length)
        add(name, "crop", {"size": size, "start": start}, v, y)

    crop("crop_middle_odd", (2, 7, 6, 3), [4, 3])
    crop("crop_at", (1, 5, 7, 2), [3, 2], [2, 4])
    crop("crop_signal", (2, 9, 1), [4])

    def channels(name, shape, order):
        v = random(name, {"input": shape})
        y = v["input"].index_select(len(shape) - 1, torch.tensor(order))
        add(name, "channels", {"order": order}, v, y)

    channels("channels_bgra", (2, 3, 3, 4), [2, 1, 0, 3])
    channels("channels_rank_2", (5, 5), [4, 0, 1, 3, 2])
    channels("channels_same", (2, 3, 3), [0, 1, 2])

    def transform(name, shape, scale, shift):
        v = random(name, {"input": shape})
        options = {"scale": scale, "shift": shift}
        add(name, "transform", options, v, v["input"] * scale + shift)

    transform("transform_half", (2, 3, 5, 1), 0.5, 0.5)
    transform("transform_down", (3, 7), -2.0, 0.25)
    transform("transform_same", (1, 1), 1.0, 0.0)

    make_dropouts(family, add, random)


def make_dropouts(family, add, random):
    import jax
    import torch
    import torch.nn.functional as F

    jax.config.update("jax_threefry_partitionable", True)

    def kept(seed, rate, shape):
        mask = jax.random.bernoulli(jax.random.PRNGKey(seed), 1 - rate, shape)
        return torch.tensor(np.array(mask))

    def dropout(name, shape, rate, seed, shared=(), value=0.0, scale=None, shift=0.0):
        v = random(name, {"input": shape})
        sizes = tuple(1 if axis in shared else size for axis, size in enumerate(shape))
        mask = kept(seed, rate, sizes)
        factor = 1 / (1 - rate) if scale is None else scale
        dropped = torch.tensor(value, dtype=torch.float64)
        y = torch.where(mask, v["input"], dropped) * factor + shift
        options = {"rate": rate, "seed": seed, "shared": list(shared), "value": value,
                   "scale": scale, "shift": shift}
        add(name, "dropout", options, v, y, {"mask": mask.numpy()})

    dropout("dropout_plain", (5, 7), 0.3, 1)
    dropout("dropout_shared", (3, 5, 4), 0.5, 2, shared=(1,))
    dropout("dropout_general", (2, 9), 0.25, 3, value=-2.0, scale=1.5, shift=0.125)

    def whole(layer, name, shape, rate, seed):
        """Dropout of whole channels, and that which keeps mean and variance."""
        v = random(name, {"input": shape})
        is_spatial = layer != "alpha_dropout"
        inner = [1] * (len(shape) - 2) if is_spatial else shape[1:-1]
        mask = kept(seed, rate, (shape[0], *inner, shape[-1]))
        if layer == "spatial_dropout":
            y = v["input"] * mask / (1 - rate)
        else:
            q = 1 - rate
            a = (q + ALPHA**2 * q * (1 - q)) ** -0.5
            b = -a * (1 - q) * -ALPHA
            y = a * torch.where(mask, v["input"], torch.tensor(-ALPHA, dtype=torch.float64)) + b
        add(name, layer, {"rate": rate, "seed": seed}, v, y, {"mask": mask.numpy()})

    for layer in ("spatial_dropout", "alpha_dropout", "feature_alpha_dropout"):
        whole(layer, f"{layer}_1", (5, 3, 4), 0.5, 4)
        whole(layer, f"{layer}_2", (2, 3, 2, 7), 0.2, 5)
        whole(layer, f"{layer}_3", (3, 2, 1, 2, 5), 0.75, 6)

    def block(name, shape, rate, size, seed):
        v = random(name, {"input": shape})
        spatial = shape[1:-1]
        share = rate / size ** len(spatial)
        for length in spatial:
            share = share * length / (length - size + 1)
        begins = jax.random.bernoulli(
            jax.random.PRNGKey(seed), share,
            (shape[0], *[length - size + 1 for length in spatial], shape[-1]))
        begins = torch.tensor(np.array(begins, np.float64)).movedim(-1, 1)
        pool = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[len(spatial)]
        padded = F.pad(begins, [size - 1] * (2 * len(spatial)))
        mask = 1 - pool(padded, size, stride=1).movedim(1, -1)
        y = v["input"] * mask * (mask.numel() / mask.sum())
        add(name, "block_dropout", {"rate": rate, "size": size, "seed": seed}, v, y,
            {"mask": mask.numpy()})

    block("block_dropout_2", (2, 7, 6, 3), 0.3, 3, 7)
    block("block_dropout_1", (3, 9, 2), 0.4, 2, 8)
    block("block_dropout_3", (2, 3, 3, 3, 1), 0.5, 2, 9)


def check_feature_layers(case, options, tensors):
    layer = options["layer"]

    def function(values):
        x = values.get("input")
        if layer == "dense":
            return np.einsum("...i,io->...o", x, values["kernel"]) + values.get("bias", 0)
        if layer == "bilinear":
            return np.einsum(
                "...i,oij,...j->...o", x, values["kernel"], values["second"]
            ) + values.get("bias", 0)
        if layer == "bias":
            return x + values["bias"]
        if layer == "graph":
            edges = values.get("edges", tensors.get("edges")).astype(np.float64)
            full = edges + (np.eye(edges.shape[-1]) if options["loops"] else 0)
            degree = full.sum(-1)
            result = np.zeros((*x.shape[:-1], values["kernel"].shape[1]))
            features = x @ values["kernel"]
            for i in range(full.shape[-1]):
                for j in range(full.shape[-1]):
                    weight = full[..., i, j]
                    if options["normalization"] == "symmetric":
                        product = degree[..., i] * degree[..., j]
                        weight = np.where(weight == 0, 0, weight / np.sqrt(
                            np.where(product == 0, 1, product)))
                    elif options["normalization"] == "rows":
                        weight = weight / np.where(degree[..., i] == 0, 1, degree[..., i])
                    result[..., i, :] += weight[..., None] * features[..., j, :]
            return result + values.get("bias", 0)
        if layer == "squeeze":
            c = x.shape[-1]
            means = x.reshape(len(x), -1, c).mean(1)
            hidden = means @ values["squeeze_kernel"] + values.get("squeeze_bias", 0)
            weights = np.maximum(hidden, 0) @ values["excite_kernel"]
            weights = 1 / (1 + np.exp(-weights - values.get("excite_bias", 0)))
            return (x.reshape(len(x), -1, c) * weights[:, None]).reshape(x.shape)
        if layer == "crop":
            for axis, size in enumerate(options["size"]):
                start = (x.shape[axis + 1] - size) // 2
                if options["start"] is not None:
                    start = options["start"][axis]
                x = np.take(x, range(start, start + size), axis + 1)
            return x
        if layer == "channels":
            return x[..., options["order"]]
        if layer == "transform":
            return x * options["scale"] + options["shift"]
        mask = tensors["mask"].astype(np.float64)
        if layer == "dropout":
            factor = 1 / (1 - options["rate"]) if options["scale"] is None else options["scale"]
            return (mask * x + (1 - mask) * options["value"]) * factor + options["shift"]
        if layer == "spatial_dropout":
            return x * mask / (1 - options["rate"])
        if layer == "block_dropout":
            return x * mask / mask.mean()
        p = options["rate"]
        a = 1 / np.sqrt((1 - p) * (1 + p * ALPHA**2))
        return a * (mask * x - (1 - mask) * ALPHA) + a * p * ALPHA

    if layer == "embedding":
        rows, ids = tensors["table"], tensors["ids"]
        np.testing.assert_array_equal(tensors["output"], rows[ids])
        gradient = np.zeros_like(rows)
        padding = options["padding"]
        for index in np.ndindex(*ids.shape):
            row = ids[index]
            if padding is not None and row == padding % len(rows):
                continue
            share = (ids == row).sum() if options["by_frequency"] else 1
            gradient[row] += tensors["cotangent"][index] / share
        np.testing.assert_allclose(tensors["table_gradient"], gradient, rtol=1e-12, atol=1e-12)
        return
    check_case(case, tensors, options["inputs"], function)
