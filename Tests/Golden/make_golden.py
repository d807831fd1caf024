#!/usr/bin/env python3
"""Makes and checks the golden test data of Ranvier.

The Swift tests read the files this script writes, so that they need no Python.
There is one safetensors file per family. A tensor is named `<case>/<what>`;
the header's metadata maps each case's name to its options, as JSON text.

Layouts are Ranvier's: channels last, convolution kernels
`[kernel..., in / groups, out]`, dense kernels `[in, out]`.

Inputs are drawn as float32. Results are computed from them in float64 with
PyTorch and rounded to float32 once, at the end. The exceptions: `random` holds
the very float32 and uint32 values that JAX returns; the families named by
`KEEPING_DOUBLE` stay in float64; `activations`, made by golden_activations.py, has
every case in both types.

    python make_golden.py                  # writes every family to data/
    python make_golden.py --only sgd adam  # writes two of them
    python make_golden.py --check          # checks the files in data/

`--check` reads the files back and recomputes them with plain NumPy loops that
share no code with the part that made them. It needs NumPy and safetensors only.
"""

import argparse
import itertools
import json
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from golden_activations import check_activations, make_activations
from golden_feature_layers import check_feature_layers, make_feature_layers
from golden_layers import (
    check_attention, check_embedding, check_normalization, make_attention, make_embedding,
    make_normalization,
)
from golden_losses import check_losses, make_losses
from golden_metrics import check_metrics, make_metrics
from golden_normalizations import check_normalizations, make_normalizations
from golden_primitives import check_primitives, make_primitives
from golden_recurrent import check_recurrent, make_recurrent
from golden_spatial import make_convolutions, make_pools, make_resizing
from golden_spatial_checks import check_spatial
from golden_transformers import check_transformers, make_transformers

SEED = 20261121

# ---------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------

DTYPE_NAMES = {
    "bool": "BOOL", "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "uint8": "U8",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "float16": "F16", "float32": "F32",
    "float64": "F64",
}


class Family:
    """The cases of one file: tensors named `<case>/<what>`, and options."""

    def __init__(self, name, keeps_double=False):
        self.name = name
        self.keeps_double = keeps_double
        self.tensors = {}
        self.options = {}

    def generator(self, case):
        """A random generator of the case's own: new cases disturb no others."""
        return np.random.default_rng([SEED, zlib.crc32(f"{self.name}/{case}".encode())])

    def add(self, case, options, **tensors):
        """Adds a case. Doubles are rounded to float32 here, unless the family keeps them."""
        assert case not in self.options, f"two cases named {case}"
        self.options[case] = options
        for what, value in tensors.items():
            if value is None:
                continue
            array = value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
            if array.dtype == np.float64 and not self.keeps_double:
                array = array.astype(np.float32)
            # Not ascontiguousarray: it would turn scalars into vectors.
            self.tensors[f"{case}/{what}"] = np.array(array, order="C")

    def write(self, folder):
        """Writes the file.

        The safetensors package keeps metadata in a hash map, whose order
        changes from run to run. Here the order is fixed, so that the same
        values always give the same bytes.
        """
        metadata = {case: json.dumps(o, sort_keys=True) for case, o in self.options.items()}
        header = {"__metadata__": dict(sorted(metadata.items()))}
        chunks = []
        offset = 0
        for name, array in sorted(self.tensors.items()):
            data = array.astype(array.dtype.newbyteorder("<")).tobytes()
            header[name] = {
                "dtype": DTYPE_NAMES[array.dtype.name],
                "shape": list(array.shape),
                "data_offsets": [offset, offset + len(data)],
            }
            chunks.append(data)
            offset += len(data)
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        path = folder / f"{self.name}.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
        return path


def read_family(path):
    """Reads a file with the safetensors package: {case: (options, tensors)}."""
    from safetensors import safe_open

    with safe_open(str(path), framework="np") as file:
        cases = {case: (json.loads(o), {}) for case, o in file.metadata().items()}
        for name in file.keys():
            case, what = name.split("/")
            cases[case][1][what] = file.get_tensor(name)
    return cases


# ---------------------------------------------------------------------------
# Helpers of the families made with PyTorch
# ---------------------------------------------------------------------------


def normal(generator, shape, scale=1.0):
    return (scale * generator.standard_normal(shape)).astype(np.float32)


def leaf(array):
    """A float64 tensor that collects a gradient, or None for None."""
    import torch

    if array is None:
        return None
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def constant(array):
    import torch

    return torch.tensor(array, dtype=torch.float64)


def resolve_padding(padding, sizes, window, strides, dilation):
    """The explicit [[low, high], ...] and the name of a padding."""
    if padding == "valid":
        return [[0, 0] for _ in sizes], "valid"
    if padding == "same":
        pairs = []
        for size, k, stride, d in zip(sizes, window, strides, dilation):
            out = -(-size // stride)
            total = max((out - 1) * stride + (k - 1) * d + 1 - size, 0)
            pairs.append([total // 2, total - total // 2])
        return pairs, "same"
    return [list(pair) for pair in padding], "explicit"


def pad_spatial(tensor, padding, value):
    """Pads the trailing axes of a channels-first tensor."""
    import torch.nn.functional as F

    flat = [amount for pair in reversed(padding) for amount in pair]
    return F.pad(tensor, flat, value=value)


# ---------------------------------------------------------------------------
# dense
# ---------------------------------------------------------------------------


def make_dense(family):
    import torch

    activations = {
        "none": lambda x: x,
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "softmax": lambda x: torch.softmax(x, dim=-1),
    }

    def case(name, input_shape, out, activation="none", use_bias=True):
        generator = family.generator(name)
        x = leaf(normal(generator, input_shape))
        kernel = leaf(normal(generator, (input_shape[-1], out), 0.5))
        bias = leaf(normal(generator, (out,), 0.5)) if use_bias else None
        output = x @ kernel
        if use_bias:
            output = output + bias
        output = activations[activation](output)
        cotangent = normal(generator, tuple(output.shape))
        output.backward(constant(cotangent))
        family.add(
            name,
            {"activation": activation, "use_bias": use_bias},
            input=x,
            kernel=kernel,
            bias=bias,
            output=output,
            cotangent=cotangent,
            input_gradient=x.grad,
            kernel_gradient=kernel.grad,
            bias_gradient=bias.grad if use_bias else None,
        )

    case("plain", (5, 7), 3)
    case("rank_3_input", (2, 3, 5), 4)
    case("no_bias", (5, 7), 3, use_bias=False)
    case("rank_3_no_bias", (2, 3, 5), 4, use_bias=False)
    case("single_row", (1, 9), 5)
    case("single_output", (6, 5), 1)
    case("wide", (3, 33), 17)
    case("relu", (5, 7), 3, "relu")
    case("tanh", (5, 7), 3, "tanh")
    case("sigmoid", (5, 7), 3, "sigmoid")
    case("softmax", (5, 7), 3, "softmax")
    case("rank_3_softmax", (2, 3, 5), 4, "softmax")


# ---------------------------------------------------------------------------
# convolution
# ---------------------------------------------------------------------------


def make_convolution(family):
    import torch.nn.functional as F

    functions = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}

    def case(
        name, input_shape, window, out, strides=None, padding="valid", dilation=None, groups=1,
        use_bias=True,
    ):
        generator = family.generator(name)
        axes = len(window)
        strides = strides or [1] * axes
        dilation = dilation or [1] * axes
        pairs, padding_name = resolve_padding(
            padding, input_shape[1:-1], window, strides, dilation
        )
        x = leaf(normal(generator, input_shape))
        kernel = leaf(normal(generator, (*window, input_shape[-1] // groups, out), 0.5))
        bias = leaf(normal(generator, (out,), 0.5)) if use_bias else None
        # The leaves have Ranvier's layout and are permuted within the graph,
        # so the gradients come out in that layout too.
        output = functions[axes](
            pad_spatial(x.movedim(-1, 1), pairs, 0.0),
            kernel.permute(axes + 1, axes, *range(axes)),
            bias,
            stride=tuple(strides),
            dilation=tuple(dilation),
            groups=groups,
        ).movedim(1, -1)
        cotangent = normal(generator, tuple(output.shape))
        output.backward(constant(cotangent))
        family.add(
            name,
            {
                "spatial_axes": axes,
                "kernel_size": list(window),
                "strides": list(strides),
                "padding": pairs,
                "padding_name": padding_name,
                "dilation": list(dilation),
                "groups": groups,
                "use_bias": use_bias,
            },
            input=x,
            kernel=kernel,
            bias=bias,
            output=output,
            cotangent=cotangent,
            input_gradient=x.grad,
            kernel_gradient=kernel.grad,
            bias_gradient=bias.grad if use_bias else None,
        )

    # Two spatial axes.
    case("valid", (2, 5, 6, 3), (3, 3), 4)
    case("no_bias", (2, 5, 6, 3), (3, 3), 4, use_bias=False)
    case("stride_2_valid", (2, 7, 6, 3), (3, 3), 4, strides=(2, 2))
    case("same", (2, 5, 6, 3), (3, 3), 4, padding="same")
    case("same_even_kernel", (2, 5, 6, 2), (2, 4), 3, padding="same")
    case("stride_2_same_odd", (2, 7, 5, 3), (3, 3), 4, strides=(2, 2), padding="same")
    case("stride_2_same_even", (2, 6, 8, 3), (3, 3), 4, strides=(2, 2), padding="same")
    case("stride_2_1_same", (2, 6, 5, 2), (3, 3), 3, strides=(2, 1), padding="same")
    case("explicit_symmetric", (2, 6, 5, 2), (3, 3), 3, strides=(2, 2), padding=((1, 1), (1, 1)))
    case("explicit_asymmetric", (2, 5, 6, 2), (3, 3), 3, padding=((0, 2), (1, 0)))
    case("dilation_2_valid", (2, 7, 6, 2), (3, 2), 3, dilation=(2, 2))
    case("dilation_2_same", (2, 7, 6, 2), (3, 3), 3, padding="same", dilation=(2, 2))
    case("dilation_1_2_valid", (2, 5, 7, 2), (3, 3), 3, dilation=(1, 2))
    case("groups_2", (2, 5, 5, 4), (3, 3), 6, groups=2)
    case("depthwise", (2, 5, 6, 3), (3, 3), 3, padding="same", groups=3)
    case(
        "depthwise_multiplier_2", (2, 6, 5, 3), (3, 3), 6, strides=(2, 2), padding="same",
        groups=3,
    )
    case("pointwise", (2, 3, 5, 5), (1, 1), 4)
    case("pointwise_stride_2_same", (2, 6, 5, 3), (1, 1), 4, strides=(2, 2), padding="same")
    case("wide_kernel", (2, 4, 9, 2), (1, 5), 3)
    case("tall_kernel_same", (2, 7, 4, 2), (5, 2), 3, padding="same")
    case("stride_beyond_kernel", (2, 7, 8, 2), (2, 1), 3, strides=(3, 3))
    case("kernel_covers_input", (3, 4, 3, 2), (4, 3), 5)
    case("kernel_beyond_input_same", (2, 3, 2, 2), (5, 5), 3, padding="same")
    case(
        "everything", (2, 9, 8, 4), (3, 2), 6, strides=(2, 1), padding=((2, 1), (0, 3)),
        dilation=(2, 2), groups=2,
    )
    # One spatial axis.
    case("1d_valid", (2, 8, 3), (3,), 4)
    case("1d_stride_2_same", (2, 8, 3), (3,), 4, strides=(2,), padding="same")
    case("1d_causal_dilation_2", (2, 9, 3), (3,), 4, padding=((4, 0),), dilation=(2,))
    case("1d_groups_2", (2, 7, 4), (3,), 4, padding="same", groups=2)
    # Three spatial axes.
    case("3d_valid", (1, 4, 5, 4, 2), (2, 3, 2), 3)
    case("3d_stride_2_same", (1, 4, 5, 3, 2), (3, 3, 3), 3, strides=(2, 2, 2), padding="same")
    case(
        "3d_explicit_dilation_groups", (1, 4, 3, 5, 4), (2, 2, 2), 4, strides=(1, 2, 1),
        padding=((1, 0), (0, 1), (0, 0)), dilation=(1, 1, 2), groups=2,
    )


# ---------------------------------------------------------------------------
# pooling
# ---------------------------------------------------------------------------


def make_pooling(family):
    import torch
    import torch.nn.functional as F

    max_functions = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
    average_functions = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}

    def finish(name, options, x, output, generator):
        cotangent = normal(generator, tuple(output.shape))
        output.backward(constant(cotangent))
        family.add(
            name, options, input=x, output=output, cotangent=cotangent, input_gradient=x.grad
        )

    def case(
        name, kind, input_shape, window, strides, padding="valid", dilation=None,
        count_padding=False,
    ):
        generator = family.generator(name)
        axes = len(window)
        dilation = dilation or [1] * axes
        pairs, padding_name = resolve_padding(
            padding, input_shape[1:-1], window, strides, dilation
        )
        x = leaf(normal(generator, input_shape))
        channels_first = x.movedim(-1, 1)
        options = {
            "kind": kind,
            "spatial_axes": axes,
            "window": list(window),
            "strides": list(strides),
            "padding": pairs,
            "padding_name": padding_name,
            "dilation": list(dilation),
        }
        if kind == "max":
            padded = pad_spatial(channels_first, pairs, -math.inf)
            output = max_functions[axes](padded, window, tuple(strides), 0, tuple(dilation))
        else:
            options["count_padding"] = count_padding
            # The mean over the window, padding included, divided by the share
            # of the window that counts.
            average = average_functions[axes]
            output = average(pad_spatial(channels_first, pairs, 0.0), window, tuple(strides))
            if not count_padding:
                inside = pad_spatial(torch.ones_like(channels_first), pairs, 0.0)
                output = output / average(inside, window, tuple(strides))
            if all(low == high for low, high in pairs):
                native = average(
                    channels_first, window, tuple(strides), tuple(low for low, _ in pairs),
                    count_include_pad=count_padding,
                )
                torch.testing.assert_close(output, native)
        finish(name, options, x, output.movedim(1, -1), generator)

    def global_case(name, kind, input_shape):
        generator = family.generator(name)
        x = leaf(normal(generator, input_shape))
        axes = tuple(range(1, len(input_shape) - 1))
        output = x.amax(dim=axes) if kind == "global_max" else x.mean(dim=axes)
        finish(name, {"kind": kind, "spatial_axes": len(axes)}, x, output, generator)

    one = ((1, 1), (1, 1))
    for kind in ("max", "average"):
        case(f"{kind}_2_stride_2", kind, (2, 6, 4, 3), (2, 2), (2, 2))
        case(f"{kind}_2_stride_2_odd", kind, (2, 7, 5, 3), (2, 2), (2, 2))
        case(f"{kind}_3_stride_2_padding_1", kind, (2, 7, 6, 3), (3, 3), (2, 2), one)
        case(f"{kind}_3_stride_1", kind, (2, 5, 6, 2), (3, 3), (1, 1))
        case(f"{kind}_3_stride_1_same", kind, (2, 5, 4, 2), (3, 3), (1, 1), "same")
        case(f"{kind}_3_stride_2_same_even", kind, (2, 6, 8, 2), (3, 3), (2, 2), "same")
        case(f"{kind}_2_stride_2_same_odd", kind, (2, 7, 5, 2), (2, 2), (2, 2), "same")
        case(f"{kind}_asymmetric_padding", kind, (2, 5, 6, 2), (3, 2), (2, 1), ((0, 2), (1, 0)))
        case(f"{kind}_non_square", kind, (2, 5, 7, 2), (2, 3), (1, 2))
        case(f"{kind}_1d", kind, (2, 9, 3), (3,), (2,))
        case(f"{kind}_1d_same", kind, (2, 8, 3), (3,), (2,), "same")
        case(f"{kind}_3d", kind, (1, 4, 5, 6, 2), (2, 3, 2), (2, 1, 2))
        global_case(f"global_{kind}", f"global_{kind}", (2, 4, 5, 3))
        global_case(f"global_{kind}_1d", f"global_{kind}", (2, 7, 3))
        global_case(f"global_{kind}_3d", f"global_{kind}", (2, 3, 2, 4, 2))
    case("max_dilation_2", "max", (2, 7, 6, 2), (3, 2), (1, 1), dilation=(2, 2))
    case("max_dilation_2_same", "max", (2, 7, 6, 2), (3, 3), (2, 2), "same", dilation=(2, 2))
    for name, padding in (
        ("average_3_stride_2_padding_1_counted", one),
        ("average_3_stride_2_same_even_counted", "same"),
        ("average_3_stride_2_asymmetric_counted", ((0, 2), (1, 0))),
    ):
        case(name, "average", (2, 8, 6, 2), (3, 3), (2, 2), padding, count_padding=True)


# ---------------------------------------------------------------------------
# batch_norm
# ---------------------------------------------------------------------------


def make_batch_norm(family):
    import torch
    import torch.nn.functional as F

    def case(name, mode, input_shape, epsilon, momentum=0.1, mean=0.0, spread=1.5):
        generator = family.generator(name)
        channels = input_shape[-1]
        x = leaf(normal(generator, input_shape, spread) + np.float32(mean))
        scale = leaf(1 + normal(generator, (channels,), 0.3))
        offset = leaf(normal(generator, (channels,), 0.5))
        running_mean = constant(normal(generator, (channels,), 0.5))
        running_variance = constant(
            generator.uniform(0.5, 2.0, (channels,)).astype(np.float32)
        )
        before = dict(
            running_mean=running_mean.clone(), running_variance=running_variance.clone()
        )
        options = {"mode": mode, "epsilon": epsilon}
        training = mode == "training"
        if training:
            options["momentum"] = momentum
        output = F.batch_norm(
            x.movedim(-1, 1), running_mean, running_variance, scale, offset,
            training=training, momentum=momentum, eps=epsilon,
        ).movedim(1, -1)
        cotangent = normal(generator, input_shape)
        output.backward(constant(cotangent))
        statistics = {}
        if training:
            # PyTorch updates the running variance with the unbiased variance.
            rows = x.detach().reshape(-1, channels)
            biased = rows.var(dim=0, correction=0)
            kept = (1 - momentum) * before["running_variance"]
            statistics = dict(
                batch_mean=rows.mean(dim=0),
                batch_variance=biased,
                batch_variance_unbiased=rows.var(dim=0, correction=1),
                running_mean_after=running_mean,
                running_variance_after=kept + momentum * biased,
                running_variance_after_unbiased=running_variance,
            )
            torch.testing.assert_close(
                running_variance, kept + momentum * statistics["batch_variance_unbiased"]
            )
        family.add(
            name, options, input=x, scale=scale, offset=offset, output=output,
            cotangent=cotangent, input_gradient=x.grad, scale_gradient=scale.grad,
            offset_gradient=offset.grad, **before, **statistics,
        )

    shapes = {"rank_2": (7, 5), "rank_3": (3, 4, 3), "rank_4": (2, 3, 4, 3)}
    for rank, shape in shapes.items():
        case(f"training_{rank}", "training", shape, 1e-5)
        case(f"inference_{rank}", "inference", shape, 1e-5)
    for rank in ("rank_2", "rank_4"):
        case(f"training_{rank}_epsilon_1e3", "training", shapes[rank], 1e-3, momentum=0.01)
        case(f"inference_{rank}_epsilon_1e3", "inference", shapes[rank], 1e-3)
    # A spread comparable to the root of epsilon, and a mean far from zero.
    case("training_small_spread", "training", (6, 4), 1e-3, spread=0.05)
    case("training_large_mean", "training", (4, 3, 3, 2), 1e-5, momentum=0.3, mean=50.0)


# ---------------------------------------------------------------------------
# cross_entropy (and the other losses)
# ---------------------------------------------------------------------------


def make_cross_entropy(family):
    import torch
    import torch.nn.functional as F

    def finish(name, options, predictions, targets, losses, reduction, weights, normalizer,
               generator):
        """Weights and reduces the losses, and differentiates the result."""
        options = {**options, "reduction": reduction, "weighted": weights is not None}
        if weights is not None:
            losses = losses * constant(weights)
        cotangent = None
        if reduction == "none":
            loss = losses
            cotangent = normal(generator, tuple(loss.shape))
            loss.backward(constant(cotangent))
        else:
            loss = losses.sum()
            if reduction == "mean":
                options["normalizer"] = normalizer
                loss = loss / (losses.numel() if normalizer == "count" else weights.sum())
            loss.backward()
        family.add(
            name, options, predictions=predictions, targets=targets, weights=weights, loss=loss,
            cotangent=cotangent, predictions_gradient=predictions.grad,
        )

    def draw_weights(generator, shape):
        weights = generator.uniform(0.2, 2.0, shape).astype(np.float32)
        weights.flat[1] = 0.0
        return weights

    def categorical(
        name, targets="one_hot", from_logits=True, shape=(5, 4), reduction="mean",
        weighted=False, normalizer="count", extreme=False,
    ):
        generator = family.generator(name)
        values = normal(generator, shape, 2.0)
        if extreme:
            values = generator.choice(np.float32([-80, -1, 0, 1, 80]), shape)
            values[0] = 80.0
            values[1] = -80.0
        if not from_logits:
            values = torch.softmax(constant(values), dim=-1).numpy().astype(np.float32)
        predictions = leaf(values)
        classes = shape[-1]
        labels = generator.integers(0, classes, shape[:-1]).astype(np.int32)
        if targets == "integer":
            stored = labels
            dense = np.eye(classes)[labels]
        elif targets == "one_hot":
            stored = dense = np.eye(classes, dtype=np.float32)[labels]
        else:
            stored = generator.dirichlet(np.ones(classes), shape[:-1]).astype(np.float32)
            dense = stored
        if from_logits:
            flat = predictions.reshape(-1, classes)
            # Integer targets take PyTorch's own path for class indices.
            goal = (
                torch.tensor(labels, dtype=torch.int64).reshape(-1)
                if targets == "integer" else constant(dense).reshape(-1, classes)
            )
            losses = F.cross_entropy(flat, goal, reduction="none").reshape(shape[:-1])
        else:
            losses = -(constant(dense) * predictions.log()).sum(dim=-1)
        weights = draw_weights(generator, shape[:-1]) if weighted else None
        options = {
            "loss": "categorical_cross_entropy",
            "targets": targets,
            "from_logits": from_logits,
            "per": "sample",
        }
        finish(name, options, predictions, stored, losses, reduction, weights, normalizer,
               generator)

    def elementwise(
        name, loss, from_logits=False, shape=(5, 3), per="element", reduction="mean",
        weighted=False, normalizer="count", extreme=False, soft=False,
    ):
        generator = family.generator(name)
        options = {"loss": loss, "per": per}
        if loss == "binary_cross_entropy":
            options["from_logits"] = from_logits
            values = normal(generator, shape, 2.0)
            if extreme:
                values = generator.choice(np.float32([-80, -1, 0, 1, 80]), shape)
                values.flat[:4] = [80.0, 80.0, -80.0, -80.0]
            if not from_logits:
                values = torch.sigmoid(constant(values)).numpy().astype(np.float32)
            targets = (
                generator.uniform(0, 1, shape) if soft else generator.integers(0, 2, shape)
            ).astype(np.float32)
            if extreme:
                targets.flat[:4] = [1.0, 0.0, 1.0, 0.0]
            function = (
                F.binary_cross_entropy_with_logits if from_logits else F.binary_cross_entropy
            )
        else:
            values = normal(generator, shape)
            targets = normal(generator, shape)
            function = F.mse_loss if loss == "mean_squared_error" else F.l1_loss
        predictions = leaf(values)
        losses = function(predictions, constant(targets), reduction="none")
        if per == "sample":
            losses = losses.mean(dim=-1)
        weights = draw_weights(generator, tuple(losses.shape)) if weighted else None
        finish(name, options, predictions, targets, losses, reduction, weights, normalizer,
               generator)

    for targets in ("one_hot", "soft", "integer"):
        for reduction in ("none", "mean", "sum"):
            categorical(f"logits_{targets}_{reduction}", targets, reduction=reduction)
        categorical(f"logits_{targets}_rank_3", targets, shape=(2, 3, 5))
        categorical(f"logits_{targets}_extreme", targets, shape=(6, 4), reduction="none",
                    extreme=True)
    for reduction in ("none", "mean", "sum"):
        categorical(f"logits_integer_weighted_{reduction}", "integer", reduction=reduction,
                    weighted=True)
        categorical(f"logits_one_hot_weighted_{reduction}", "one_hot", reduction=reduction,
                    weighted=True)
        categorical(f"probabilities_soft_{reduction}", "soft", False, reduction=reduction)
        categorical(f"probabilities_one_hot_{reduction}", "one_hot", False, reduction=reduction)
    categorical("logits_integer_weighted_mean_by_weights", "integer", weighted=True,
                normalizer="weights")
    categorical("logits_integer_rank_3_weighted", "integer", shape=(2, 3, 5), weighted=True)
    categorical("logits_integer_single_sample", "integer", shape=(1, 7))
    categorical("probabilities_integer_mean", "integer", False)
    categorical("probabilities_one_hot_rank_3", "one_hot", False, shape=(2, 3, 5))
    categorical("probabilities_one_hot_weighted_mean", "one_hot", False, weighted=True)

    for reduction in ("none", "mean", "sum"):
        for per in ("element", "sample"):
            suffix = f"{reduction}_per_{per}"
            elementwise(f"binary_logits_{suffix}", "binary_cross_entropy", True, per=per,
                        reduction=reduction)
            elementwise(f"binary_probabilities_{suffix}", "binary_cross_entropy", per=per,
                        reduction=reduction)
            elementwise(f"squared_error_{suffix}", "mean_squared_error", per=per,
                        reduction=reduction)
            elementwise(f"absolute_error_{suffix}", "mean_absolute_error", per=per,
                        reduction=reduction)
    elementwise("binary_logits_extreme", "binary_cross_entropy", True, reduction="none",
                extreme=True)
    elementwise("binary_logits_soft", "binary_cross_entropy", True, soft=True)
    elementwise("binary_logits_weighted", "binary_cross_entropy", True, per="sample",
                weighted=True)
    elementwise("binary_probabilities_soft", "binary_cross_entropy", soft=True)
    elementwise("binary_probabilities_weighted", "binary_cross_entropy", per="sample",
                weighted=True)
    elementwise("squared_error_rank_4", "mean_squared_error", shape=(2, 3, 2, 2))
    elementwise("squared_error_weighted", "mean_squared_error", per="sample", weighted=True)
    elementwise("absolute_error_weighted", "mean_absolute_error", per="sample", weighted=True)


# ---------------------------------------------------------------------------
# sgd and adam
# ---------------------------------------------------------------------------

OPTIMIZED_SHAPES = {"weight": (4, 3), "bias": (3,)}


def scheduled_rates(schedule, steps):
    """The learning rate of each step; the first step has index 0."""
    initial = schedule["initial"]
    if schedule["name"] == "constant":
        return [initial] * steps
    if schedule["name"] == "cosine":
        alpha = schedule["alpha"]
        length = schedule["decay_steps"]
        return [
            initial * (alpha + (1 - alpha) * 0.5 * (1 + math.cos(math.pi * min(t / length, 1))))
            for t in range(steps)
        ]
    if schedule["name"] == "exponential":
        exponents = [t / schedule["decay_steps"] for t in range(steps)]
        if schedule["staircase"]:
            exponents = [math.floor(exponent) for exponent in exponents]
        return [initial * schedule["decay_rate"] ** exponent for exponent in exponents]
    raise ValueError(schedule["name"])


def run_optimizer(family, name, steps, make, options, schedule):
    """Feeds random gradients, and records the parameters after every step."""
    generator = family.generator(name)
    initial = {key: normal(generator, shape) for key, shape in OPTIMIZED_SHAPES.items()}
    gradients = {
        key: normal(generator, (steps, *shape)) for key, shape in OPTIMIZED_SHAPES.items()
    }
    # One element with no gradient at all, one with gradients that vanish.
    gradients["weight"][:, 0, 0] = 0.0
    gradients["weight"][:, 0, 1] *= np.float32(1e-6)
    parameters = {key: leaf(value) for key, value in initial.items()}
    values = {key: [] for key in initial}
    rates = scheduled_rates(schedule, steps)
    optimizer = make(list(parameters.values()))
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rates[step]
        for key, parameter in parameters.items():
            parameter.grad = constant(gradients[key][step])
        optimizer.step()
        for key, parameter in parameters.items():
            values[key].append(parameter.detach().numpy().copy())
    tensors = {"learning_rates": np.array(rates)}
    for key in initial:
        tensors[f"{key}_initial"] = initial[key]
        tensors[f"{key}_gradients"] = gradients[key]
        tensors[f"{key}_values"] = np.stack(values[key])
    family.add(name, {**options, "steps": steps, "schedule": schedule}, **tensors)


def constant_schedule(rate):
    return {"name": "constant", "initial": rate}


def make_sgd(family):
    import torch

    def case(name, schedule=None, momentum=0.0, nesterov=False, weight_decay=0.0):
        schedule = schedule or constant_schedule(0.1)
        settings = {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
        options = {"learning_rate": schedule["initial"], **settings}

        def make(parameters):
            return torch.optim.SGD(parameters, lr=schedule["initial"], **settings)

        run_optimizer(family, name, 5, make, options, schedule)

    case("plain")
    case("large_learning_rate", constant_schedule(1.5))
    case("momentum", momentum=0.9)
    case("nesterov", momentum=0.9, nesterov=True)
    case("weight_decay", weight_decay=0.01)
    case("momentum_weight_decay", constant_schedule(0.05), momentum=0.9, weight_decay=0.1)
    case("nesterov_weight_decay", constant_schedule(0.05), 0.8, True, 0.1)
    case("momentum_cosine", {"name": "cosine", "initial": 0.1, "decay_steps": 5, "alpha": 0.0},
         momentum=0.9)


def make_adam(family):
    import torch

    def case(name, schedule=None, betas=(0.9, 0.999), epsilon=1e-8, weight_decay=0.0,
             decoupled=True):
        schedule = schedule or constant_schedule(0.001)
        options = {
            "learning_rate": schedule["initial"],
            "beta1": betas[0],
            "beta2": betas[1],
            "epsilon": epsilon,
            "weight_decay": weight_decay,
            "decoupled": decoupled,
        }
        kind = torch.optim.AdamW if decoupled else torch.optim.Adam

        def make(parameters):
            return kind(
                parameters, lr=schedule["initial"], betas=betas, eps=epsilon,
                weight_decay=weight_decay,
            )

        run_optimizer(family, name, 10, make, options, schedule)

    cosine = {"name": "cosine", "initial": 0.02, "decay_steps": 10, "alpha": 0.0}
    cosine_alpha = {"name": "cosine", "initial": 0.02, "decay_steps": 6, "alpha": 0.1}
    exponential = {
        "name": "exponential", "initial": 0.02, "decay_rate": 0.5, "decay_steps": 4,
        "staircase": False,
    }
    case("default")
    case("large_learning_rate", constant_schedule(0.1))
    case("other_betas", constant_schedule(0.01), betas=(0.8, 0.95))
    case("large_epsilon", constant_schedule(0.01), epsilon=0.01)
    case("zero_beta1", constant_schedule(0.01), betas=(0.0, 0.99))
    case("adamw", constant_schedule(0.01), weight_decay=0.01)
    case("adamw_strong", constant_schedule(0.1), weight_decay=0.5)
    case("coupled_weight_decay", constant_schedule(0.01), weight_decay=0.1, decoupled=False)
    case("cosine", cosine)
    case("cosine_alpha", cosine_alpha)
    case("exponential", exponential)
    case("exponential_staircase", {**exponential, "staircase": True})
    case("adamw_cosine", cosine, weight_decay=0.1)


# ---------------------------------------------------------------------------
# random
# ---------------------------------------------------------------------------

# Probabilities, and logits [batch, categories], that the Swift tests repeat.
CHANCES = np.arange(16, dtype=np.float32) / np.float32(16)
LOGITS = (np.arange(15, dtype=np.float32) % np.float32(7)).reshape(3, 5) / np.float32(2)
INITIALIZERS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal")


def make_random(family):
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", False)
    jax.config.update("jax_threefry_partitionable", True)
    jax.config.update("jax_default_prng_impl", "threefry2x32")
    data = jax.random.key_data

    def case(name, key, options):
        family.add(
            name,
            {
                **options,
                "bernoulli_probability": 0.3,
                "fold_in_data": 7,
                "split_count": 3,
                "truncated_normal_bounds": [-2, 2],
            },
            key=data(key),
            bits_5=jax.random.bits(key, (5,)),
            bits_3_4=jax.random.bits(key, (3, 4)),
            split=data(jax.random.split(key, 3)),
            fold_in=data(jax.random.fold_in(key, 7)),
            uniform=jax.random.uniform(key, (16,)),
            normal=jax.random.normal(key, (16,)),
            truncated_normal=jax.random.truncated_normal(key, -2, 2, (16,)),
            bernoulli=jax.random.bernoulli(key, 0.3, (16,)).astype("uint32"),
            bernoulli_each=jax.random.bernoulli(key, CHANCES).astype("uint32"),
            exponential=jax.random.exponential(key, (16,)),
            gumbel=jax.random.gumbel(key, (16,)),
            categorical=jax.random.categorical(key, LOGITS, axis=1, shape=(4, 3)),
            permutation=jax.random.permutation(key, 20),
            # More than 1625 elements are sorted twice.
            permutation_2000=jax.random.permutation(key, 2000),
            choice=jax.random.choice(key, 2000, (7,), replace=False),
            weighted_choice=jax.random.choice(key, 16, (7,), replace=False, p=CHANCES),
        )

    large = 2**40 + 7
    case("key_0", jax.random.key(0), {"seed": 0, "seed_bits": 32})
    case("key_42", jax.random.key(42), {"seed": 42, "seed_bits": 32})
    # JAX drops the seed's high half unless 64-bit types are switched on.
    case("key_large", jax.random.key(large), {"seed": large, "seed_bits": 32})
    words = np.array([large >> 32, large & 0xFFFFFFFF], np.uint32)
    case("key_large_64", jax.random.wrap_key_data(words), {"seed": large, "seed_bits": 64})

    key = jax.random.key(1)
    for initializer in INITIALIZERS:
        for suffix, shape in (("dense", (6, 4)), ("convolution", (3, 3, 4, 8))):
            values = getattr(jax.nn.initializers, initializer)()(key, shape, "float32")
            family.add(
                f"{initializer}_{suffix}",
                {"initializer": initializer, "seed": 1, "shape": list(shape)},
                key=data(key),
                values=values,
            )


# ---------------------------------------------------------------------------
# Checks: plain NumPy, from the files alone
# ---------------------------------------------------------------------------


def expect(case, what, actual, expected, rtol=2e-7, atol=1e-10):
    actual = np.asarray(actual)
    expected = np.asarray(expected)
    if actual.shape != expected.shape:
        raise AssertionError(f"{case}/{what}: shape {actual.shape}, expected {expected.shape}")
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=f"{case}/{what}")


def expect_all(case, tensors, **expected):
    for what, value in expected.items():
        expect(case, what, tensors[what], value)


def doubles(tensors):
    return {
        what: value.astype(np.float64) if value.dtype == np.float32 else value
        for what, value in tensors.items()
    }


def check_dense(case, options, tensors):
    t = doubles(tensors)
    x = t["input"].reshape(-1, t["input"].shape[-1])
    kernel = t["kernel"]
    bias = t["bias"] if options["use_bias"] else np.zeros(kernel.shape[1])
    cotangent = t["cotangent"].reshape(len(x), -1)
    z = np.zeros((len(x), kernel.shape[1]))
    for row, column in np.ndindex(*z.shape):
        z[row, column] = bias[column]
        for k in range(kernel.shape[0]):
            z[row, column] += x[row, k] * kernel[k, column]
    name = options["activation"]
    if name == "none":
        y, dz = z, cotangent
    elif name == "relu":
        y, dz = np.maximum(z, 0), cotangent * (z > 0)
    elif name == "tanh":
        y = np.tanh(z)
        dz = cotangent * (1 - y * y)
    elif name == "sigmoid":
        y = 1 / (1 + np.exp(-z))
        dz = cotangent * y * (1 - y)
    else:
        y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        dz = y * (cotangent - (cotangent * y).sum(axis=1, keepdims=True))
    expect_all(
        case, tensors,
        output=y.reshape(t["output"].shape),
        input_gradient=(dz @ kernel.T).reshape(t["input"].shape),
        kernel_gradient=x.T @ dz,
    )
    if options["use_bias"]:
        expect_all(case, tensors, bias_gradient=dz.sum(axis=0))
    else:
        assert "bias" not in tensors and "bias_gradient" not in tensors


def check_padding(case, options, sizes, window, out_sizes):
    """Checks the padding that the options state, and the output's size."""
    rows = zip(sizes, window, options["strides"], options["dilation"], options["padding"],
               out_sizes)
    for size, k, stride, dilation, (low, high), out in rows:
        reach = dilation * (k - 1) + 1
        assert out == (size + low + high - reach) // stride + 1, case
        if options["padding_name"] == "valid":
            assert (low, high) == (0, 0), case
        elif options["padding_name"] == "same":
            assert out == math.ceil(size / stride) and 0 <= high - low <= 1, case
            # The last window ends at the padded edge, or no padding was needed.
            assert (out - 1) * stride + reach == size + low + high or low + high == 0, case


def taps(options, position, window, sizes):
    """Pairs of kernel index and input index of one output position."""
    for tap in np.ndindex(*window):
        index = tuple(
            p * stride + k * dilation - low
            for p, stride, k, dilation, (low, _) in zip(
                position, options["strides"], tap, options["dilation"], options["padding"]
            )
        )
        if all(0 <= i < size for i, size in zip(index, sizes)):
            yield tap, index


def check_convolution(case, options, tensors):
    t = doubles(tensors)
    x, kernel, cotangent = t["input"], t["kernel"], t["cotangent"]
    *window, group_in, channels_out = kernel.shape
    group_out = channels_out // options["groups"]
    sizes = x.shape[1:-1]
    out_sizes = cotangent.shape[1:-1]
    assert window == options["kernel_size"] and group_in * options["groups"] == x.shape[-1]
    check_padding(case, options, sizes, window, out_sizes)
    output = np.zeros(cotangent.shape)
    input_gradient = np.zeros(x.shape)
    kernel_gradient = np.zeros(kernel.shape)
    for n, position in itertools.product(range(len(x)), np.ndindex(*out_sizes)):
        for tap, index in taps(options, position, window, sizes):
            for o, i in np.ndindex(channels_out, group_in):
                source = (n, *index, o // group_out * group_in + i)
                target = (n, *position, o)
                weight = (*tap, i, o)
                output[target] += x[source] * kernel[weight]
                input_gradient[source] += cotangent[target] * kernel[weight]
                kernel_gradient[weight] += cotangent[target] * x[source]
    if options["use_bias"]:
        output += t["bias"]
        expect_all(
            case, tensors, bias_gradient=cotangent.reshape(-1, channels_out).sum(axis=0)
        )
    else:
        assert "bias" not in tensors and "bias_gradient" not in tensors
    expect_all(
        case, tensors,
        output=output,
        input_gradient=input_gradient,
        kernel_gradient=kernel_gradient,
    )


def check_pooling(case, options, tensors):
    t = doubles(tensors)
    x, cotangent = t["input"], t["cotangent"]
    sizes = x.shape[1:-1]
    if options["kind"].startswith("global"):
        kind = options["kind"].removeprefix("global_")
        ones = [1] * len(sizes)
        options = {"strides": ones, "dilation": ones, "padding": [[0, 0]] * len(sizes)}
        window = sizes
        out_sizes = tuple(ones)
        cotangent = cotangent.reshape(len(x), *ones, -1)
    else:
        kind = options["kind"]
        window = options["window"]
        out_sizes = cotangent.shape[1:-1]
        check_padding(case, options, sizes, window, out_sizes)
    output = np.zeros(cotangent.shape)
    input_gradient = np.zeros(x.shape)
    for n, *position, c in np.ndindex(*cotangent.shape):
        sources = [(n, *i, c) for _, i in taps(options, position, window, sizes)]
        upstream = cotangent[(n, *position, c)]
        if kind == "max":
            best = max(sources, key=lambda source: x[source])
            output[(n, *position, c)] = x[best]
            input_gradient[best] += upstream
        else:
            # Windows never reach beyond the padding, so a window counts whole.
            count = math.prod(window) if options.get("count_padding") else len(sources)
            output[(n, *position, c)] = sum(x[source] for source in sources) / count
            for source in sources:
                input_gradient[source] += upstream / count
    expect_all(
        case, tensors, output=output.reshape(t["output"].shape), input_gradient=input_gradient
    )


def check_batch_norm(case, options, tensors):
    t = doubles(tensors)
    shape = t["input"].shape
    x = t["input"].reshape(-1, shape[-1])
    g = t["cotangent"].reshape(-1, shape[-1])
    count = len(x)
    training = options["mode"] == "training"
    mean = x.sum(axis=0) / count if training else t["running_mean"]
    variance = ((x - mean) ** 2).sum(axis=0) / count if training else t["running_variance"]
    deviation = np.sqrt(variance + options["epsilon"])
    normalized = (x - mean) / deviation
    scale_gradient = (g * normalized).sum(axis=0)
    offset_gradient = g.sum(axis=0)
    input_gradient = g * t["scale"] / deviation
    if training:
        input_gradient -= (
            (offset_gradient + normalized * scale_gradient) * t["scale"] / deviation / count
        )
        m = options["momentum"]
        unbiased = variance * count / (count - 1)
        expect_all(
            case, tensors,
            batch_mean=mean,
            batch_variance=variance,
            batch_variance_unbiased=unbiased,
            running_mean_after=(1 - m) * t["running_mean"] + m * mean,
            running_variance_after=(1 - m) * t["running_variance"] + m * variance,
            running_variance_after_unbiased=(1 - m) * t["running_variance"] + m * unbiased,
        )
    expect_all(
        case, tensors,
        output=(normalized * t["scale"] + t["offset"]).reshape(shape),
        input_gradient=input_gradient.reshape(shape),
        scale_gradient=scale_gradient,
        offset_gradient=offset_gradient,
    )


def check_cross_entropy(case, options, tensors):
    t = doubles(tensors)
    p, targets = t["predictions"], t["targets"]
    last = p.shape[-1]
    kind = options["loss"]
    if kind == "categorical_cross_entropy":
        if options["targets"] == "integer":
            assert tensors["targets"].dtype == np.int32
            one_hot = np.zeros(p.shape)
            for index in np.ndindex(*targets.shape):
                one_hot[(*index, targets[index])] = 1
            targets = one_hot
        if options["from_logits"]:
            shifted = p - p.max(axis=-1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
            # The softmax is weighted by the targets' sum: one, but for rounding.
            slopes = np.exp(logs) * targets.sum(axis=-1, keepdims=True) - targets
        else:
            logs = np.log(p)
            slopes = -targets / p
        losses = -(targets * logs).sum(axis=-1)
    elif kind == "binary_cross_entropy":
        if options["from_logits"]:
            losses = np.maximum(p, 0) - p * targets + np.log1p(np.exp(-np.abs(p)))
            slopes = np.where(
                p >= 0, 1 / (1 + np.exp(-np.abs(p))), np.exp(-np.abs(p)) / (1 + np.exp(-np.abs(p)))
            ) - targets
        else:
            losses = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
            slopes = (1 - targets) / (1 - p) - targets / p
    elif kind == "mean_squared_error":
        losses, slopes = (p - targets) ** 2, 2 * (p - targets)
    else:
        losses, slopes = np.abs(p - targets), np.sign(p - targets)
    if kind != "categorical_cross_entropy" and options["per"] == "sample":
        losses = losses.mean(axis=-1)
        slopes = slopes / last
    weights = t["weights"] if options["weighted"] else np.ones(losses.shape)
    factors = weights
    loss = weights * losses
    if options["reduction"] == "none":
        factors = weights * t["cotangent"]
    else:
        loss = loss.sum()
        if options["reduction"] == "mean":
            divisor = losses.size if options["normalizer"] == "count" else weights.sum()
            loss = loss / divisor
            factors = weights / divisor
    if options["per"] == "sample":
        factors = factors[..., np.newaxis]
    # Subnormal gradients of the extreme cases vanish within the tolerance.
    expect_all(case, tensors, loss=loss, predictions_gradient=slopes * factors)


def check_rates(case, options, tensors):
    """The learning rates, from the options: each schedule spelled out anew."""
    schedule = options["schedule"]
    rates = []
    for t in range(options["steps"]):
        rate = schedule["initial"]
        if schedule["name"] == "cosine":
            angle = math.pi * min(t, schedule["decay_steps"]) / schedule["decay_steps"]
            floor = schedule["alpha"] * rate
            rate = floor + (rate - floor) * (1 + math.cos(angle)) / 2
        elif schedule["name"] == "exponential":
            exponent = t / schedule["decay_steps"]
            rate *= schedule["decay_rate"] ** (
                int(exponent) if schedule["staircase"] else exponent
            )
        rates.append(rate)
    expect_all(case, tensors, learning_rates=rates)
    return rates


def check_sgd(case, options, tensors):
    t = doubles(tensors)
    rates = check_rates(case, options, tensors)
    for key in OPTIMIZED_SHAPES:
        p = t[f"{key}_initial"]
        velocity = np.zeros_like(p)
        for step, rate in enumerate(rates):
            g = t[f"{key}_gradients"][step] + options["weight_decay"] * p
            velocity = options["momentum"] * velocity + g
            update = g + options["momentum"] * velocity if options["nesterov"] else velocity
            p = p - rate * update
            expect(case, f"{key}_values[{step}]", tensors[f"{key}_values"][step], p)


def check_adam(case, options, tensors):
    t = doubles(tensors)
    rates = check_rates(case, options, tensors)
    beta1, beta2, decay = options["beta1"], options["beta2"], options["weight_decay"]
    for key in OPTIMIZED_SHAPES:
        p = t[f"{key}_initial"]
        m = np.zeros_like(p)
        v = np.zeros_like(p)
        for step, rate in enumerate(rates):
            g = t[f"{key}_gradients"][step]
            if not options["decoupled"]:
                g = g + decay * p
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g * g
            m_hat = m / (1 - beta1 ** (step + 1))
            v_hat = v / (1 - beta2 ** (step + 1))
            update = m_hat / (np.sqrt(v_hat) + options["epsilon"])
            if options["decoupled"]:
                update = update + decay * p
            p = p - rate * update
            expect(case, f"{key}_values[{step}]", tensors[f"{key}_values"][step], p)


def threefry_2x32(key, counter):
    """The Threefry-2x32 block function with 20 rounds, on Python integers."""
    mask = 0xFFFFFFFF
    k0, k1 = (int(word) for word in key)
    schedule = (k0, k1, k0 ^ k1 ^ 0x1BD11BDA)
    x0 = (counter[0] + k0) & mask
    x1 = (counter[1] + k1) & mask
    rotations = ((13, 15, 26, 6), (17, 29, 16, 24))
    for group in range(5):
        for rotation in rotations[group % 2]:
            x0 = (x0 + x1) & mask
            x1 = ((x1 << rotation) | (x1 >> (32 - rotation))) & mask
            x1 ^= x0
        x0 = (x0 + schedule[(group + 1) % 3]) & mask
        x1 = (x1 + schedule[(group + 2) % 3] + group + 1) & mask
    return x0, x1


def random_blocks(key, count):
    """The blocks of the 64-bit counters 0, 1, ..., as JAX numbers them."""
    return [threefry_2x32(key, (i >> 32, i & 0xFFFFFFFF)) for i in range(count)]


def random_bits(key, shape):
    """Both words of a block, XORed; a shape matters by its element count alone."""
    blocks = random_blocks(key, math.prod(shape))
    return np.array([a ^ b for a, b in blocks], np.uint32).reshape(shape)


def random_uniform(key, shape, low=0.0, high=1.0):
    low, high = np.float32(low), np.float32(high)
    bits = random_bits(key, shape) >> np.uint32(9) | np.uint32(0x3F800000)
    unit = bits.view(np.float32) - np.float32(1)
    return np.maximum(low, unit * (high - low) + low)


def random_permutation(key, count):
    """Positions sorted by random words, as often as equal words make it necessary."""
    order = np.arange(count)
    for _ in range(math.ceil(3 * math.log(max(1, count)) / math.log(2**32 - 1))):
        key, words = random_blocks(key, 2)
        order = order[np.argsort(random_bits(words, (count,)), kind="stable")]
    return order


def erf(values):
    return np.vectorize(math.erf)(np.asarray(values, np.float64))


def expect_normal(case, what, actual, key, bound, scale=1.0):
    """Checks scale * sqrt(2) * erfinv(u), by taking erf of the values.

    erf is flat in the tails, so their tolerance is small there by itself.
    """
    low = np.nextafter(np.float32(-1), np.float32(0)) if bound is None else erf(-bound / 2**0.5)
    high = 1.0 if bound is None else erf(bound / 2**0.5)
    u = random_uniform(key, actual.shape, low, high)
    expect(case, what, erf(actual / scale / 2**0.5), u, rtol=0, atol=1e-6)


def check_random(case, options, tensors):
    key = tensors["key"]
    seed = options["seed"]
    high = seed >> 32 if options.get("seed_bits") == 64 else 0
    assert tensors["key"].dtype == np.uint32
    expect(case, "key", key, [high, seed & 0xFFFFFFFF], rtol=0)
    if "initializer" in options:
        values = tensors["values"]
        *window, group_in, group_out = options["shape"]
        assert list(values.shape) == options["shape"]
        fan_in, fan_out = math.prod(window) * group_in, math.prod(window) * group_out
        family, distribution = options["initializer"].split("_")
        variance = {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[family]
        if distribution == "uniform":
            limit = math.sqrt(3 * variance)
            expect(case, "values", values, limit * random_uniform(key, values.shape, -1, 1),
                   rtol=1e-6, atol=1e-7)
        else:
            # The standard deviation of a unit normal truncated at +-2.
            scale = math.sqrt(variance) / 0.87962566103423978
            expect_normal(case, "values", values, key, 2, scale)
        return
    words = [(0, options["fold_in_data"])]
    uniform = random_uniform(key, (16,))
    for what, expected in {
        "bits_5": random_bits(key, (5,)),
        "bits_3_4": random_bits(key, (3, 4)),
        "split": random_blocks(key, options["split_count"]),
        "fold_in": threefry_2x32(key, words[0]),
        "uniform": uniform,
        "bernoulli": uniform < np.float32(options["bernoulli_probability"]),
    }.items():
        expect(case, what, tensors[what], expected, rtol=0, atol=0)
    tiny = np.finfo(np.float32).tiny
    gumbel = -np.log(-np.log(random_uniform(key, (16,), tiny, 1)))
    noise = -np.log(-np.log(random_uniform(key, (4, 3, 5), tiny, 1)))
    with np.errstate(divide="ignore"):
        weighted = np.argsort(-(gumbel + np.log(CHANCES)), kind="stable")[:7]
    for what, expected in {
        "bernoulli_each": uniform < CHANCES,
        "categorical": np.argmax(noise + LOGITS, axis=-1),
        "permutation": random_permutation(key, 20),
        "permutation_2000": random_permutation(key, 2000),
        "choice": random_permutation(key, 2000)[:7],
        "weighted_choice": weighted,
    }.items():
        expect(case, what, tensors[what], expected, rtol=0, atol=0)
    expect(case, "exponential", tensors["exponential"], -np.log1p(-uniform), rtol=1e-6)
    expect(case, "gumbel", tensors["gumbel"], gumbel, rtol=1e-5, atol=1e-6)
    expect_normal(case, "normal", tensors["normal"], key, None)
    expect_normal(case, "truncated_normal", tensors["truncated_normal"], key, 2)


# ---------------------------------------------------------------------------
# Command line
# ---------------------------------------------------------------------------

# Families whose results are not rounded to float32.
KEEPING_DOUBLE = {
    "activations", "feature_layers", "losses", "metrics", "normalizations", "primitives",
    "recurrent", "spatial_convolutions", "spatial_pools", "spatial_resizing", "transformers",
}

FAMILIES = {
    "dense": (make_dense, check_dense),
    "convolution": (make_convolution, check_convolution),
    "pooling": (make_pooling, check_pooling),
    "batch_norm": (make_batch_norm, check_batch_norm),
    "normalization": (make_normalization, check_normalization),
    "normalizations": (make_normalizations, check_normalizations),
    "feature_layers": (make_feature_layers, check_feature_layers),
    "embedding": (make_embedding, check_embedding),
    "attention": (make_attention, check_attention),
    "transformers": (make_transformers, check_transformers),
    "recurrent": (make_recurrent, check_recurrent),
    "activations": (make_activations, check_activations),
    "cross_entropy": (make_cross_entropy, check_cross_entropy),
    "losses": (make_losses, check_losses),
    "metrics": (make_metrics, check_metrics),
    "sgd": (make_sgd, check_sgd),
    "adam": (make_adam, check_adam),
    "random": (make_random, check_random),
    "primitives": (make_primitives, check_primitives),
    "spatial_convolutions": (make_convolutions, check_spatial),
    "spatial_pools": (make_pools, check_spatial),
    "spatial_resizing": (make_resizing, check_spatial),
}


def write_family(name, folder):
    if name not in ("random", "primitives"):
        import torch

        # One thread, so that no sum depends on the machine's core count.
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
    family = Family(name, keeps_double=name in KEEPING_DOUBLE)
    FAMILIES[name][0](family)
    path = family.write(folder)
    print(f"{path.name}: {len(family.options)} cases, {path.stat().st_size} bytes")


def check_family(name, folder):
    cases = read_family(folder / f"{name}.safetensors")
    for case, (options, tensors) in sorted(cases.items()):
        for what, array in tensors.items():
            assert np.all(np.isfinite(array)), f"{case}/{what} is not finite"
        FAMILIES[name][1](case, options, tensors)
    print(f"{name}: {len(cases)} cases agree")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).resolve().parent / "data",
        help="the folder of the data files (default: data, beside this script)",
    )
    parser.add_argument(
        "--only", nargs="+", choices=FAMILIES, default=list(FAMILIES), metavar="FAMILY",
        help=f"the families to work on, of: {', '.join(FAMILIES)} (default: all)",
    )
    parser.add_argument(
        "--check", action="store_true",
        help="write nothing; recompute the files in the folder with plain NumPy",
    )
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in arguments.only:
        (check_family if arguments.check else write_family)(name, arguments.output)


if __name__ == "__main__":
    main()
