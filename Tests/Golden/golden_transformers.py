"""Golden values of grouped heads, positions, feed-forward and transformer blocks, and experts.

`make_transformers` computes with PyTorch in float64, by its own layers where it has
them, else by the formulas of the papers. `check_transformers` computes with NumPy
loops and compares gradients with finite differences of that. Nothing is rounded, so
that f64 can be compared too.

Parameters are named as in Ranvier, with points in place of slashes. Kernels are
`[in, out]`.
"""

import math

import numpy as np


def numbers(generator, shape, scale=1.0):
    """Numbers that float32 has, as float64."""
    return (scale * generator.standard_normal(shape)).astype(np.float32).astype(np.float64)


# ---------------------------------------------------------------------------
# Making
# ---------------------------------------------------------------------------


def make_transformers(family):
    import torch
    import torch.nn.functional as F

    def leaves_of(generator, shapes):
        """Leaves by name; those whose names end in `scale` are near 1."""
        leaves = {}
        for name, shape in shapes.items():
            values = numbers(generator, shape, 0.4 if "." in name or "_" in name else 1.0)
            if name.endswith("scale"):
                values = 1 + values
            leaves[name] = torch.tensor(values, requires_grad=True)
        return leaves

    def add(name, options, leaves, output, **constants):
        cotangent = numbers(family.generator(f"{name} cotangent"), tuple(output.shape))
        output.backward(torch.tensor(cotangent))
        gradients = {f"{what}_gradient": leaf.grad for what, leaf in leaves.items()}
        options = dict(options, inputs=list(leaves))
        family.add(
            name, options, **leaves, **constants, output=output, cotangent=cotangent, **gradients)

    def heads_of(x, heads):
        return x.unflatten(-1, (heads, -1)).transpose(-3, -2)

    def joined(x):
        return x.transpose(-3, -2).flatten(-2)

    # Heads that share keys and values.

    def grouped(name, heads, shared, share, queries, keys, causal=False, masked=False):
        generator = family.generator(name)
        leaves = leaves_of(generator, {
            "query": (2, queries, heads * share), "key": (2, keys, shared * share),
            "value": (2, keys, shared * (share + 1)),
        })
        mask = None
        if masked:
            mask = generator.random((2, 1, queries, keys)) < 0.6
            mask[..., 0] = True
        y = F.scaled_dot_product_attention(
            heads_of(leaves["query"], heads), heads_of(leaves["key"], shared),
            heads_of(leaves["value"], shared), is_causal=causal, enable_gqa=True,
            attn_mask=None if mask is None else torch.tensor(mask))
        options = {"kind": "grouped", "heads": heads, "shared": shared, "causal": causal}
        add(name, options, leaves, joined(y), **({} if mask is None else {"mask": mask}))

    grouped("grouped_2_of_4", 4, 2, 3, 3, 5)
    grouped("grouped_1_of_3_causal", 3, 1, 2, 5, 5, causal=True)
    grouped("grouped_3_of_6_masked", 6, 3, 2, 4, 3, masked=True)

    # Positions.

    def rotary(name, pairing, tokens, heads, share, base=10000.0, offset=0):
        leaves = leaves_of(family.generator(name), {"input": (2, tokens, heads * share)})
        x = leaves["input"].unflatten(-1, (heads, share))
        frequencies = base ** (-torch.arange(0, share, 2, dtype=torch.float64) / share)
        angles = (offset + torch.arange(tokens, dtype=torch.float64))[:, None] * frequencies
        if pairing == "neighbors":
            turns = torch.polar(torch.ones_like(angles), angles)[:, None]
            pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
            y = torch.view_as_real(pairs * turns).flatten(-2)
        else:
            first, second = x.chunk(2, dim=-1)
            both = torch.cat([angles, angles], dim=-1)[:, None]
            y = x * both.cos() + torch.cat([-second, first], dim=-1) * both.sin()
        options = {
            "kind": "rotary", "pairing": pairing, "heads": heads, "base": base, "offset": offset}
        add(name, options, leaves, y.flatten(-2))

    for pairing in ("halves", "neighbors"):
        rotary(f"rotary_{pairing}", pairing, 5, 1, 6)
        rotary(f"rotary_{pairing}_heads", pairing, 3, 3, 4, base=500.0)
        rotary(f"rotary_{pairing}_offset", pairing, 4, 2, 2, offset=1000)

    def sinusoidal(name, tokens, features, base=10000.0, offset=0):
        """As in PyTorch's tutorial on transformers."""
        position = offset + torch.arange(tokens, dtype=torch.float64).unsqueeze(1)
        divisor = torch.exp(
            torch.arange(0, features, 2, dtype=torch.float64) * (-math.log(base) / features))
        y = torch.zeros(tokens, features, dtype=torch.float64)
        y[:, 0::2] = torch.sin(position * divisor)
        y[:, 1::2] = torch.cos(position * divisor)[:, : features // 2]
        family.add(
            name, {"kind": "sinusoidal", "base": base, "offset": offset, "inputs": []}, output=y)

    sinusoidal("sinusoidal", 6, 8)
    sinusoidal("sinusoidal_odd", 5, 7, base=100.0)
    sinusoidal("sinusoidal_offset", 3, 4, offset=5000)

    def slopes_of(heads):
        """As in the code of the paper on linear biases."""
        def power_of_2(n):
            start = 2 ** (-(2 ** -(math.log2(n) - 3)))
            return [start * start**i for i in range(n)]

        if math.log2(heads).is_integer():
            return power_of_2(heads)
        closest = 2 ** math.floor(math.log2(heads))
        return power_of_2(closest) + slopes_of(2 * closest)[0::2][: heads - closest]

    def linear_bias(name, heads, share, tokens, causal):
        leaves = leaves_of(family.generator(name), {
            what: (2, tokens, heads * share) for what in ("query", "key", "value")})
        distance = (torch.arange(tokens)[:, None] - torch.arange(tokens)).double()
        slopes = torch.tensor(slopes_of(heads), dtype=torch.float64)
        bias = -slopes[:, None, None] * distance.abs()
        if causal:
            bias = bias.masked_fill(distance < 0, -math.inf)
        y = F.scaled_dot_product_attention(
            *(heads_of(leaves[what], heads) for what in ("query", "key", "value")),
            attn_mask=bias)
        options = {"kind": "linear_bias", "heads": heads, "causal": causal}
        add(name, options, leaves, joined(y), slopes=slopes)

    linear_bias("linear_bias_4", 4, 2, 5, causal=True)
    linear_bias("linear_bias_3", 3, 3, 4, causal=False)
    linear_bias("linear_bias_6", 6, 1, 6, causal=True)

    # Layers of attention, as PyTorch has them.

    def attention_shapes(prefix, features, memory_features=None):
        kernels = (
            {"kernel": (features, 3 * features), "bias": (3 * features,)}
            if memory_features is None
            else {
                f"{what}_{kind}": (width, features) if kind == "kernel" else (features,)
                for what, width in (
                    ("query", features), ("key", memory_features), ("value", memory_features))
                for kind in ("kernel", "bias")
            })
        kernels |= {"output_kernel": (features, features), "output_bias": (features,)}
        return {prefix + name: shape for name, shape in kernels.items()}

    def attention_weights(leaves, prefix, module):
        """PyTorch's names of the weights of an attention; features are equal."""
        def part(name):
            return leaves[prefix + name]

        if prefix + "kernel" in leaves:
            kernel, bias = part("kernel").T, part("bias")
        else:
            parts = ("query", "key", "value")
            kernel = torch.cat([part(f"{what}_kernel").T for what in parts])
            bias = torch.cat([part(f"{what}_bias") for what in parts])
        return {
            f"{module}in_proj_weight": kernel, f"{module}in_proj_bias": bias,
            f"{module}out_proj.weight": part("output_kernel").T,
            f"{module}out_proj.bias": part("output_bias"),
        }

    def later(tokens):
        return torch.triu(torch.ones(tokens, tokens, dtype=torch.bool), 1)

    def attention(name, features, heads, tokens, keys=None, causal=False):
        shapes = {"input": (2, tokens, features)}
        if keys is not None:
            shapes["memory"] = (2, keys, features)
        shapes |= attention_shapes("", features, None if keys is None else features)
        leaves = leaves_of(family.generator(name), shapes)
        module = torch.nn.MultiheadAttention(
            features, heads, batch_first=True, dtype=torch.float64)
        memory = leaves.get("memory", leaves["input"])
        y, _ = torch.func.functional_call(
            module, attention_weights(leaves, "", ""), (leaves["input"], memory, memory),
            {"need_weights": False, "attn_mask": later(tokens) if causal else None})
        add(name, {"kind": "attention", "heads": heads, "causal": causal}, leaves, y)

    attention("attention_self", 6, 3, 4)
    attention("attention_causal", 4, 1, 4, causal=True)
    attention("attention_memory", 4, 2, 3, keys=5)

    # Blocks.

    activations = {"relu": F.relu, "gelu": F.gelu, "silu": F.silu}

    def feed_forward(name, features, hidden, activation, gated, bias=True):
        shapes = {
            "input": (2, 3, features),
            "hidden_kernel": (features, hidden * (2 if gated else 1)),
            "output_kernel": (hidden, features),
        }
        if bias:
            shapes |= {"hidden_bias": (hidden * (2 if gated else 1),), "output_bias": (features,)}
        leaves = leaves_of(family.generator(name), shapes)
        y = F.linear(leaves["input"], leaves["hidden_kernel"].T, leaves.get("hidden_bias"))
        if gated:
            gate, value = y.chunk(2, dim=-1)
            y = activations[activation](gate) * value
        else:
            y = activations[activation](y)
        y = F.linear(y, leaves["output_kernel"].T, leaves.get("output_bias"))
        options = {"kind": "feed_forward", "activation": activation, "gated": gated}
        add(name, options, leaves, y)

    feed_forward("feed_forward_relu", 4, 7, "relu", False)
    feed_forward("feed_forward_swiglu", 3, 5, "silu", True, bias=False)
    feed_forward("feed_forward_geglu", 5, 4, "gelu", True)

    def norm_shapes(prefix, features):
        return {f"{prefix}.scale": (features,), f"{prefix}.offset": (features,)}

    def feed_forward_shapes(features, hidden):
        return {
            "feed_forward.hidden_kernel": (features, hidden),
            "feed_forward.hidden_bias": (hidden,),
            "feed_forward.output_kernel": (hidden, features),
            "feed_forward.output_bias": (features,),
        }

    def block_weights(leaves, norms):
        weights = {
            "linear1.weight": leaves["feed_forward.hidden_kernel"].T,
            "linear1.bias": leaves["feed_forward.hidden_bias"],
            "linear2.weight": leaves["feed_forward.output_kernel"].T,
            "linear2.bias": leaves["feed_forward.output_bias"],
        }
        for number, norm in enumerate(norms, 1):
            weights[f"norm{number}.weight"] = leaves[f"{norm}.scale"]
            weights[f"norm{number}.bias"] = leaves[f"{norm}.offset"]
        return weights

    def encoder(
        name, features, heads, hidden, tokens, activation, first, causal=False, masked=False,
    ):
        norms = ("attention_norm", "feed_forward_norm")
        shapes = {"input": (2, tokens, features)} | attention_shapes("attention.", features)
        for norm in norms:
            shapes |= norm_shapes(norm, features)
        generator = family.generator(name)
        leaves = leaves_of(generator, shapes | feed_forward_shapes(features, hidden))
        module = torch.nn.TransformerEncoderLayer(
            features, heads, hidden, 0.0, activation, norm_first=first, batch_first=True,
            dtype=torch.float64)
        mask = None
        if masked:
            mask = generator.random((2, tokens)) < 0.6
            mask[:, 0] = True
        y = torch.func.functional_call(
            module,
            attention_weights(leaves, "attention.", "self_attn.") | block_weights(leaves, norms),
            (leaves["input"],),
            {"src_mask": later(tokens) if causal else None,
             "src_key_padding_mask": None if mask is None else ~torch.tensor(mask)})
        options = {
            "kind": "encoder", "heads": heads, "hidden": hidden, "activation": activation,
            "first": first, "causal": causal}
        add(name, options, leaves, y, **({} if mask is None else {"mask": mask}))

    encoder("encoder_post_relu", 6, 2, 9, 4, "relu", False)
    encoder("encoder_pre_gelu", 4, 4, 5, 3, "gelu", True)
    encoder("encoder_pre_causal", 3, 3, 4, 5, "relu", True, causal=True)
    encoder("encoder_post_masked", 4, 2, 3, 5, "gelu", False, masked=True)

    def decoder(name, features, heads, hidden, tokens, keys, activation, first, masked=False):
        norms = ("attention_norm", "memory_attention_norm", "feed_forward_norm")
        shapes = {"input": (2, tokens, features), "memory": (2, keys, features)}
        shapes |= attention_shapes("attention.", features)
        shapes |= attention_shapes("memory_attention.", features, features)
        for norm in norms:
            shapes |= norm_shapes(norm, features)
        generator = family.generator(name)
        leaves = leaves_of(generator, shapes | feed_forward_shapes(features, hidden))
        module = torch.nn.TransformerDecoderLayer(
            features, heads, hidden, 0.0, activation, norm_first=first, batch_first=True,
            dtype=torch.float64)
        mask = None
        if masked:
            mask = generator.random((2, keys)) < 0.6
            mask[:, 0] = True
        y = torch.func.functional_call(
            module,
            attention_weights(leaves, "attention.", "self_attn.")
            | attention_weights(leaves, "memory_attention.", "multihead_attn.")
            | block_weights(leaves, norms),
            (leaves["input"], leaves["memory"]),
            {"tgt_mask": later(tokens),
             "memory_key_padding_mask": None if mask is None else ~torch.tensor(mask)})
        options = {
            "kind": "decoder", "heads": heads, "hidden": hidden, "activation": activation,
            "first": first, "causal": True}
        add(name, options, leaves, y, **({} if mask is None else {"mask": mask}))

    decoder("decoder_post_relu", 4, 2, 5, 4, 3, "relu", False)
    decoder("decoder_pre_gelu", 3, 3, 4, 3, 5, "gelu", True)
    decoder("decoder_pre_masked", 2, 1, 7, 5, 4, "relu", True, masked=True)

    # Experts.

    def experts(name, shape, features, count, chosen, hidden, activation, gated=False, bias=True):
        wide = hidden * (2 if gated else 1)
        shapes = {
            "input": (*shape, features), "router_kernel": (features, count),
            "hidden_kernel": (count, features, wide),
            "output_kernel": (count, hidden, features),
        }
        if bias:
            shapes |= {"hidden_bias": (count, wide), "output_bias": (count, features)}
        leaves = leaves_of(family.generator(name), shapes)
        rows = []
        for row in leaves["input"].reshape(-1, features):
            logits = row @ leaves["router_kernel"]
            top, positions = logits.topk(chosen)
            y = torch.zeros(features, dtype=torch.float64)
            for weight, expert in zip(top.softmax(dim=-1), positions.tolist()):
                h = row @ leaves["hidden_kernel"][expert]
                if bias:
                    h = h + leaves["hidden_bias"][expert]
                if gated:
                    gate, value = h.chunk(2)
                    h = activations[activation](gate) * value
                else:
                    h = activations[activation](h)
                h = h @ leaves["output_kernel"][expert]
                if bias:
                    h = h + leaves["output_bias"][expert]
                y = y + weight * h
            rows.append(y)
        y = torch.stack(rows).reshape(*shape, features)
        options = {
            "kind": "experts", "chosen": chosen, "activation": activation, "gated": gated}
        add(name, options, leaves, y)

    experts("experts_2_of_4", (2, 5), 4, 4, 2, 6, "relu")
    experts("experts_1_of_3", (7,), 3, 3, 1, 4, "gelu")
    experts("experts_3_of_5_gated", (3, 2), 4, 5, 3, 3, "silu", gated=True, bias=False)

    def balance(name, tokens, count, chosen):
        """The formula of Switch Transformers with the share of all choices."""
        leaves = leaves_of(family.generator(name), {"logits": (tokens, count)})
        logits = leaves["logits"]
        choices = F.one_hot(logits.topk(chosen).indices, count).double()
        shares = choices.sum(dim=(0, 1)) / (tokens * chosen)
        loss = count * (shares * logits.softmax(dim=-1).mean(dim=0)).sum()
        add(name, {"kind": "balance", "chosen": chosen}, leaves, loss)

    balance("balance_1_of_4", 9, 4, 1)
    balance("balance_2_of_3", 5, 3, 2)
    balance("balance_2_of_6", 8, 6, 2)


# ---------------------------------------------------------------------------
# Checking
# ---------------------------------------------------------------------------


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def activated(x, name):
    if name == "relu":
        return np.maximum(x, 0)
    if name == "silu":
        return x / (1 + np.exp(-x))
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def attend(query, key, value, heads, shared=None, bias=None, mask=None, causal=False):
    """Attention of one example, head by head and query by query."""
    shared = shared or heads
    share, width = query.shape[-1] // heads, value.shape[-1] // shared
    result = np.zeros((len(query), heads * width))
    for head in range(heads):
        group = head // (heads // shared)
        for i, q in enumerate(query[:, head * share : (head + 1) * share]):
            scores = key[:, group * share : (group + 1) * share] @ q / math.sqrt(share)
            if bias is not None:
                scores = scores + bias[head, i]
            if mask is not None:
                scores = np.where(mask[i], scores, -np.inf)
            if causal:
                scores = np.where(np.arange(len(key)) <= i, scores, -np.inf)
            result[i, head * width : (head + 1) * width] = (
                softmax(scores) @ value[:, group * width : (group + 1) * width])
    return result


def attention_layer(v, prefix, x, memory, options, mask, causal):
    """One example's attention with projections."""
    if prefix + "kernel" in v:
        whole = x @ v[prefix + "kernel"] + v[prefix + "bias"]
        parts = np.split(whole, 3, axis=-1)
    else:
        parts = [
            source @ v[f"{prefix}{what}_kernel"] + v[f"{prefix}{what}_bias"]
            for what, source in (("query", x), ("key", memory), ("value", memory))
        ]
    if mask is not None:
        mask = np.broadcast_to(mask, (len(x), len(parts[1])))
    mixed = attend(*parts, options["heads"], mask=mask, causal=causal)
    return mixed @ v[prefix + "output_kernel"] + v[prefix + "output_bias"]


def layer_norm(v, prefix, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return centred / spread * v[f"{prefix}.scale"] + v[f"{prefix}.offset"]


def feed_forward_layer(v, prefix, x, options):
    h = x @ v[f"{prefix}hidden_kernel"] + v.get(f"{prefix}hidden_bias", 0)
    if options.get("gated"):
        gate, value = np.split(h, 2, axis=-1)
        h = activated(gate, options["activation"]) * value
    else:
        h = activated(h, options["activation"])
    return h @ v[f"{prefix}output_kernel"] + v.get(f"{prefix}output_bias", 0)


def block(v, x, memory, options, mask):
    """One example's encoder or decoder block."""
    is_decoder = options["kind"] == "decoder"
    parts = [("attention", lambda y: attention_layer(
        v, "attention.", y, y, options, None if is_decoder else mask, options["causal"]))]
    if is_decoder:
        parts.append(("memory_attention", lambda y: attention_layer(
            v, "memory_attention.", y, memory, options, mask, False)))
    parts.append(("feed_forward", lambda y: feed_forward_layer(v, "feed_forward.", y, options)))
    for name, part in parts:
        if options["first"]:
            x = x + part(layer_norm(v, f"{name}_norm", x))
        else:
            x = layer_norm(v, f"{name}_norm", x + part(x))
    return x


def experts_layer(v, x, options):
    rows = []
    for row in x.reshape(-1, x.shape[-1]):
        logits = row @ v["router_kernel"]
        chosen = np.argsort(-logits)[: options["chosen"]]
        y = 0
        for weight, expert in zip(softmax(logits[chosen]), chosen):
            names = ("hidden_kernel", "hidden_bias", "output_kernel", "output_bias")
            own = {name: v[name][expert] for name in names if name in v}
            y = y + weight * feed_forward_layer(own, "", row, options)
        rows.append(y)
    return np.stack(rows).reshape(x.shape)


def check_transformers(case, options, tensors):
    kind = options["kind"]
    mask = tensors.get("mask")

    def bias_of(tokens):
        distances = np.abs(np.arange(tokens)[:, None] - np.arange(tokens))
        return -tensors["slopes"][:, None, None] * distances

    def rotated(x):
        y = np.zeros_like(x)
        share = x.shape[-1] // options["heads"]
        for token in range(x.shape[1]):
            for head in range(options["heads"]):
                for pair in range(share // 2):
                    angle = (options["offset"] + token) / options["base"] ** (2 * pair / share)
                    i, j = (
                        (2 * pair, 2 * pair + 1) if options["pairing"] == "neighbors"
                        else (pair, pair + share // 2))
                    i, j = head * share + i, head * share + j
                    a, b = x[:, token, i], x[:, token, j]
                    y[:, token, i] = a * math.cos(angle) - b * math.sin(angle)
                    y[:, token, j] = a * math.sin(angle) + b * math.cos(angle)
        return y

    def waves():
        tokens, features = tensors["output"].shape
        return np.array([
            [
                (math.cos if feature % 2 else math.sin)(
                    (options["offset"] + token)
                    / options["base"] ** (2 * (feature // 2) / features))
                for feature in range(features)
            ]
            for token in range(tokens)
        ])

    def function(v):
        if kind == "grouped":
            return np.stack([
                attend(
                    v["query"][i], v["key"][i], v["value"][i], options["heads"],
                    options["shared"], mask=None if mask is None else mask[i, 0],
                    causal=options["causal"])
                for i in range(2)
            ])
        if kind == "linear_bias":
            return np.stack([
                attend(
                    v["query"][i], v["key"][i], v["value"][i], options["heads"],
                    bias=bias_of(v["query"].shape[1]), causal=options["causal"])
                for i in range(2)
            ])
        if kind == "rotary":
            return rotated(v["input"])
        if kind == "attention":
            memory = v.get("memory", v["input"])
            return np.stack([
                attention_layer(
                    v, "", v["input"][i], memory[i], options, None, options["causal"])
                for i in range(2)
            ])
        if kind in ("encoder", "decoder"):
            memory = v.get("memory", v["input"])
            return np.stack([
                block(v, v["input"][i], memory[i], options, None if mask is None else mask[i])
                for i in range(2)
            ])
        if kind == "feed_forward":
            return feed_forward_layer(v, "", v["input"], options)
        if kind == "experts":
            return experts_layer(v, v["input"], options)
        if kind == "balance":
            logits = v["logits"]
            tokens, count = logits.shape
            shares = np.zeros(count)
            for row in logits:
                shares[np.argsort(-row)[: options["chosen"]]] += 1 / (tokens * options["chosen"])
            return count * (shares * softmax(logits).mean(axis=0)).sum()
        return waves()

    values = {name: tensors[name] for name in options["inputs"]}
    np.testing.assert_allclose(
        tensors["output"], function(values), rtol=1e-10, atol=1e-10, err_msg=f"{case}/output")
    generator = np.random.default_rng(1)
    step = 1e-6
    for name in values:
        direction = generator.standard_normal(values[name].shape)
        ends = [
            (function(dict(values, **{name: values[name] + sign * step * direction}))
             * tensors["cotangent"]).sum()
            for sign in (1, -1)
        ]
        np.testing.assert_allclose(
            (tensors[f"{name}_gradient"] * direction).sum(), (ends[0] - ends[1]) / (2 * step),
            rtol=1e-6, atol=1e-6, err_msg=f"{case}/{name}_gradient")
