"""Golden values of every primitive: one small case or more for each.

A case names a primitive and its options; the file holds operands, results, the
cotangents of floating-point results and the gradients of floating-point
operands. Everything stays in float64, unlike in the other families.

`make_primitives` computes with JAX: `jax_functions` says what each primitive
is, and gradients come from `jax.grad`. `check_primitives` computes with NumPy:
`numpy_functions` says the same once more, in the plainest way, and gradients
are compared with finite differences of that.
"""

import itertools
import math

import numpy as np

# ---------------------------------------------------------------------------
# Operands
# ---------------------------------------------------------------------------


def uniform(low, high, *shape):
    """Doubles between two bounds; keep them away from kinks and poles."""
    return lambda generator: generator.uniform(low, high, shape)


def whole(low, high, *shape, dtype="int32"):
    """Whole numbers of a type, both ends included."""
    return lambda generator: generator.integers(low, high, shape, endpoint=True).astype(dtype)


def distinct(*shape):
    """Doubles no two of which are equal, in random order."""
    count = math.prod(shape)
    return lambda generator: (generator.permutation(count) / 2.0 - count / 4).reshape(shape)


def dominant(*shape):
    """Matrices with a large diagonal of different elements, far from singular ones."""
    diagonal = np.eye(*shape[-2:]) * (2 + 2 * np.arange(shape[-1]))
    return lambda generator: generator.uniform(-0.5, 0.5, shape) + diagonal


def fixed(values, dtype="float64"):
    """Given values."""
    return lambda generator: np.array(values, dtype)


# ---------------------------------------------------------------------------
# Cases: (name, primitive, options, operands)
# ---------------------------------------------------------------------------

# The sums along each axis, and the input's shape.
LINEAR = {"size": 3, "starts": [0, 0, 1, 2], "weights": [[1], [0.75, 0.25], [0.5, 0.5], [1]]}
WIDE = {"size": 7, "starts": [0, 1, 2],
        "weights": [[1, 2, -1, 0.5, 0.25], [1, 1, 1, 1, 1, 2], [3, 0.5, 1]]}
GAPS = {"size": 4, "starts": [2, 0], "weights": [[0.5], []]}
WEIGHTED = {
    "1_axis": ([LINEAR], (2, 3, 2)),
    "2_axes": ([WIDE, LINEAR], (2, 7, 3, 3)),
    "3_axes": ([GAPS, LINEAR, WIDE], (1, 4, 3, 7, 1)),
}

WINDOWS = {
    "plain": (dict(size=[2, 2], strides=[2, 2], low=[0, 0], high=[0, 0], dilation=[1, 1]),
              (2, 4, 4, 2)),
    "padded": (dict(size=[3, 2], strides=[2, 1], low=[1, 0], high=[1, 1], dilation=[1, 2]),
               (1, 4, 4, 2)),
    "line": (dict(size=[3], strides=[2], low=[1], high=[0], dilation=[1]), (2, 6, 2)),
}
CONVOLUTIONS = {
    "plain": (dict(strides=[1, 1], low=[0, 0], high=[0, 0], dilation=[1, 1], groups=1),
              (1, 3, 4, 2), (2, 2, 2, 3)),
    "padded": (dict(strides=[2, 1], low=[1, 0], high=[0, 1], dilation=[1, 2], groups=2),
               (1, 4, 3, 2), (2, 2, 1, 4)),
    "line": (dict(strides=[2], low=[1], high=[1], dilation=[1], groups=1), (2, 5, 2), (3, 2, 2)),
}

UNARY = {
    "absolute": (0.3, 2), "alias": (-2, 2), "arc_cosine": (-0.95, 0.95),
    "arc_sine": (-0.95, 0.95), "arc_tangent": (-3, 3), "ceiling": (-3, 3), "cosine": (-6, 6),
    "error_function": (-2, 2), "exponential": (-3, 3), "exponential_minus_one": (-2, 2),
    "floor": (-3, 3), "gaussian_error_linear": (-3, 3),
    "gaussian_error_linear_slope": (-3, 3), "hyperbolic_cosine": (-3, 3), "hyperbolic_sine": (-3, 3),
    "hyperbolic_tangent": (-3, 3), "inverse_error_function": (-0.95, 0.95), "is_finite": (-3, 3),
    "logarithm": (0.1, 9), "logarithm_one_plus": (-0.9, 9), "logistic": (-6, 6),
    "negate": (-2, 2), "reciprocal_square_root": (0.1, 9), "rectified_linear": (-2, 2),
    "round": (-3, 3), "sign": (-2, 2), "sine": (-6, 6), "square_root": (0.1, 9),
    "stop_gradient": (-2, 2), "tangent": (-1.4, 1.4),
}
BINARY = {
    "add": (-2, 2), "arc_tangent_2": (-2, 2), "divide": (0.3, 2), "maximum": (-2, 2),
    "minimum": (-2, 2), "multiply": (-2, 2), "positive_gate": (-2, 2), "power": (0.3, 2),
    "remainder": (0.3, 9), "subtract": (-2, 2),
}
COMPARISONS = ["equal", "greater", "greater_or_equal", "less", "less_or_equal", "not_equal"]
BITS = ["bitwise_and", "bitwise_exclusive_or", "bitwise_or"]
REDUCTIONS = ["euclidean_norm", "maximum_reduction", "minimum_reduction", "product", "sum"]
CUMULATIVE = [
    "cumulative_log_sum_exp", "cumulative_maximum", "cumulative_minimum", "cumulative_product",
    "cumulative_sum",
]
# Options, then operands: the one tensor or queries, keys and values, and a mask.
ATTENTIONS = {
    "packed": (dict(packed=True, causal=False, masked=False, scale=0.5), [(2, 4, 6, 3)]),
    "causal": (dict(packed=True, causal=True, masked=False, scale=-0.8), [(1, 5, 3, 2)]),
    "separate": (dict(packed=False, causal=False, masked=False, scale=0.6),
                 [(2, 3, 2, 4), (2, 5, 2, 4), (2, 5, 2, 3)]),
    "masked": (dict(packed=False, causal=True, masked=True, scale=0.7),
               [(2, 4, 2, 3), (2, 3, 2, 3), (2, 3, 2, 2), (2, 1, 4, 3)]),
}
CASTS = [
    ("f64", "f32"), ("f64", "f16"), ("f64", "i32"), ("f64", "bool"), ("i32", "u8"), ("u8", "f64"),
    ("i64", "f32"), ("bool", "i16"), ("u32", "u64"), ("f32", "f64"), ("u16", "i8"),
]
DTYPES = {
    "bool": "bool", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "u8": "uint8",
    "u16": "uint16", "u32": "uint32", "u64": "uint64", "f16": "float16", "f32": "float32",
    "f64": "float64",
}


def elementwise_cases():
    for name, (low, high) in UNARY.items():
        yield name, name, {}, [uniform(low, high, 3, 4)]
    for name, (low, high) in BINARY.items():
        yield name, name, {}, [uniform(low, high, 3, 4), uniform(low, high, 3, 4)]
        yield f"{name}_broadcast", name, {}, [uniform(low, high, 2, 1, 3), uniform(low, high, 4, 1)]
    for name in COMPARISONS:
        yield name, name, {}, [whole(-2, 2, 3, 4, dtype="float64"),
                               whole(-2, 2, 4, dtype="float64")]
    for name in BITS:
        yield name, name, {}, [whole(-99, 99, 3, 4), whole(-99, 99, 4)]
        yield f"{name}_bool", name, {}, [whole(0, 1, 9, dtype="bool"), whole(0, 1, 9, dtype="bool")]
    yield "bitwise_not", "bitwise_not", {}, [whole(-99, 99, 7, dtype="int16")]
    yield "bitwise_not_bool", "bitwise_not", {}, [whole(0, 1, 7, dtype="bool")]
    yield "shift_left", "shift_left", {}, [whole(-99, 99, 3, 4), whole(0, 31, 4)]
    yield "shift_right", "shift_right", {}, [whole(-9999, 9999, 3, 4), whole(0, 20, 4)]
    yield "shift_right_unsigned", "shift_right", {}, [
        whole(0, 255, 9, dtype="uint8"), whole(0, 7, 9, dtype="uint8")]
    yield "divide_integers", "divide", {}, [whole(-99, 99, 24), fixed([-7, 7] * 12, "int32")]
    yield "remainder_integers", "remainder", {}, [whole(-99, 99, 24), fixed([-7, 7] * 12, "int32")]
    yield "remainder_signs", "remainder", {}, [uniform(-9, 9, 24), fixed([-1.7, 1.7] * 12)]
    yield "power_integers", "power", {}, [whole(-5, 5, 12), whole(0, 7, 12)]
    yield "multiply_wraps", "multiply", {}, [
        whole(-128, 127, 12, dtype="int8"), whole(-128, 127, 12, dtype="int8")]
    # Ties: equal operands share the derivative.
    yield "maximum_ties", "maximum", {}, [fixed([1, 2, 3]), fixed([1, 5, 3])]
    yield "minimum_ties", "minimum", {}, [fixed([1, 2, 3]), fixed([1, 5, 3])]
    yield "select", "select", {}, [whole(0, 1, 3, 4, dtype="bool"), uniform(-2, 2, 3, 4),
                                   uniform(-2, 2, 4)]
    yield "larger_share", "larger_share", {}, [
        uniform(-2, 2, 3, 4), uniform(-2, 2, 3, 4), uniform(-2, 2, 4)]
    for source, target in CASTS:
        low, high = (0, 1) if source == "bool" else (0, 999) if source == "u16" else (-9, 9)
        operand = (uniform(-9, 9, 12) if source == "f64" else
                   whole(max(low, 0) if source[0] == "u" else low, high, 12, dtype=DTYPES[source]))
        yield f"cast_{source}_{target}", "cast", {"element_type": target}, [operand]


def structure_cases():
    x = uniform(-2, 2, 3, 4)
    yield "broadcast", "broadcast", {"shape": [2, 3, 4]}, [uniform(-2, 2, 3, 1)]
    yield "concatenate", "concatenate", {"axis": 1}, [
        uniform(-2, 2, 2, 3), uniform(-2, 2, 2, 0), uniform(-2, 2, 2, 4)]
    yield "gather", "gather", {"axis": 1}, [
        uniform(-2, 2, 2, 4, 3), whole(-2, 5, 2, 3, dtype="int64")]
    yield "scatter_add", "scatter_add", {"axis": 1, "size": 3}, [
        uniform(-2, 2, 2, 5, 2), whole(-1, 3, 5, dtype="int64")]
    yield "iota", "iota", {"shape": [2, 3, 2], "axis": 1, "element_type": "f64"}, []
    yield "pad", "pad", {"low": [1, -1], "high": [0, 2], "interior": [1, 2]}, [
        x, uniform(-2, 2)]
    yield "reshape", "reshape", {"shape": [2, 6]}, [x]
    yield "reverse", "reverse", {"axes": [0, 2]}, [uniform(-2, 2, 2, 3, 2)]
    yield "slice", "slice", {"starts": [1, 0], "ends": [5, 6], "strides": [2, 3]}, [
        uniform(-2, 2, 6, 7)]
    yield "transpose", "transpose", {"permutation": [2, 0, 1]}, [uniform(-2, 2, 2, 3, 4)]
    yield "barrier", "barrier", {"count": 2}, [x, uniform(-2, 2, 2)]


def reduction_cases():
    for name in REDUCTIONS:
        operand = distinct if "reduction" in name else (lambda *shape: uniform(-2, 2, *shape))
        yield name, name, {"axes": [1]}, [operand(3, 4)]
        yield f"{name}_outer", name, {"axes": [0, 2]}, [operand(3, 2, 4)]
        yield f"{name}_all", name, {"axes": [0, 1]}, [operand(3, 2)]
    yield "maximum_reduction_ties", "maximum_reduction", {"axes": [0]}, [fixed([1, 3, 2, 3])]
    yield "minimum_reduction_ties", "minimum_reduction", {"axes": [0]}, [fixed([1, 3, 1, 1])]
    yield "product_one_zero", "product", {"axes": [0]}, [fixed([2, 0, 3, -1])]
    yield "product_two_zeros", "product", {"axes": [0]}, [fixed([2, 0, 3, 0])]
    yield "sum_wraps", "sum", {"axes": [0]}, [whole(0, 255, 9, dtype="uint8")]
    for name in ["any_reduction", "all_reduction"]:
        yield name, name, {"axes": [1]}, [whole(0, 1, 8, 2, dtype="bool")]
    for name in ["argument_of_maximum", "argument_of_minimum"]:
        yield name, name, {"axis": 1}, [whole(-2, 2, 3, 5, 2, dtype="float64")]
    for name in CUMULATIVE:
        operand = distinct if "imum" in name else (lambda *shape: uniform(-2, 2, *shape))
        yield name, name, {"axis": 1, "reversed": False}, [operand(3, 5)]
        yield f"{name}_reversed", name, {"axis": 0, "reversed": True}, [operand(5, 3)]
    yield "cumulative_product_zeros", "cumulative_product", {"axis": 0, "reversed": False}, [
        fixed([2, 0, 3, -1, 0, 5])]
    yield "cumulative_sum_wraps", "cumulative_sum", {"axis": 0, "reversed": False}, [
        whole(-128, 127, 9, dtype="int8")]
    for direction in [False, True]:
        yield f"linear_recurrence{'_reversed' * direction}", "linear_recurrence", {
            "axis": 1, "reversed": direction}, [uniform(-1, 1, 2, 5, 2), uniform(-2, 2, 2, 5, 2)]


def product_cases():
    for left, right in itertools.product([False, True], repeat=2):
        a, b = ((2, 4, 3) if left else (2, 3, 4)), ((2, 5, 4) if right else (2, 4, 5))
        yield f"matmul{'_left' * left}{'_right' * right}", "matmul", {
            "transposes_left": left, "transposes_right": right}, [
            uniform(-2, 2, *a), uniform(-2, 2, *b)]
    for variant, (geometry, x, kernel) in CONVOLUTIONS.items():
        y = output_shape(geometry, x, kernel)
        input_, weights, output = (uniform(-2, 2, *shape) for shape in (x, kernel, y))
        name = f"convolution_{variant}"
        yield name, "convolution", geometry, [input_, weights]
        yield f"convolution_input_gradient_{variant}", "convolution_input_gradient", dict(
            geometry, shape=list(x)), [output, weights]
        yield f"convolution_kernel_gradient_{variant}", "convolution_kernel_gradient", dict(
            geometry, shape=list(kernel)), [input_, output]
    for variant, (runs, x) in WEIGHTED.items():
        yield f"weighted_sums_{variant}", "weighted_sums", {"runs": runs}, [uniform(-2, 2, *x)]
    for variant, (geometry, x) in WINDOWS.items():
        y = output_shape(geometry, x, [*geometry["size"], 1, x[-1]])
        positions = whole(-1, math.prod(x[1:-1]) - 1, *y)
        scatter = dict(geometry, shape=list(x))
        yield f"window_maximum_{variant}", "window_maximum", geometry, [distinct(*x)]
        yield f"window_sum_{variant}", "window_sum", geometry, [uniform(-2, 2, *x)]
        yield f"window_spread_{variant}", "window_spread", scatter, [uniform(-2, 2, *y)]
        yield f"window_gather_{variant}", "window_gather", geometry, [
            uniform(-2, 2, *x), positions]
        yield f"window_scatter_{variant}", "window_scatter", scatter, [
            uniform(-2, 2, *y), positions]


def order_cases():
    for direction in [False, True]:
        yield f"sort{'_descending' * direction}", "sort", {
            "axis": 1, "count": 5, "descending": direction}, [distinct(2, 5, 3)]
    yield "sort_first", "sort", {"axis": 0, "count": 3, "descending": False}, [distinct(40)]
    # Equal elements keep their order.
    yield "sort_ties", "sort", {"axis": 0, "count": 12, "descending": True}, [whole(-2, 2, 12)]
    rows = fixed([[-2.0, -0.5, -0.5, 0.0, 1.5], [0.0, 0.0, 0.0, 3.0, 4.0]])
    values = fixed([[-3.0, -2.0, -0.5, 0.25, 1.5, 9.0], [-1.0, 0.0, 2.0, 3.0, 4.0, 4.5]])
    for after in [False, True]:
        yield f"search_sorted{'_after_equal' * after}", "search_sorted", {
            "after_equal": after}, [rows, values]
    x = uniform(-2, 2, 5, 4)
    for variant, starts in {"": (1, 0), "_clamped": (-3, 9)}.items():
        at = [fixed(start, "int64") for start in starts]
        yield f"dynamic_slice{variant}", "dynamic_slice", {"sizes": [2, 3]}, [x, *at]
        yield f"dynamic_update{variant}", "dynamic_update", {}, [x, uniform(-2, 2, 2, 3), *at]
    yield "gather_elements", "gather_elements", {"axis": 1}, [
        uniform(-2, 2, 2, 4, 3), whole(-1, 5, 2, 6, 3)]
    yield "scatter_add_elements", "scatter_add_elements", {"axis": 1, "size": 3}, [
        uniform(-2, 2, 2, 6, 3), whole(-1, 3, 2, 6, 3, dtype="int64")]


def matrix_cases():
    for name in ["cholesky", "cofactors", "determinant", "logDeterminant", "symmetricEigen"]:
        yield name, name, {}, [dominant(2, 3, 3)]
    yield "determinant_negative", "determinant", {}, [fixed([[1.0, 2], [3, 4]])]
    for name in ["pseudoInverse", "qr", "svd"]:
        options = {} if name == "pseudoInverse" else {"complete": False}
        for variant, shape in {"square": (3, 3), "tall": (2, 4, 3), "wide": (2, 4)}.items():
            yield f"{name}_{variant}", name, options, [dominant(*shape)]
    for transposed in [False, True]:
        yield f"solve{'_transposed' * transposed}", "solve", {"transposed": transposed}, [
            dominant(2, 3, 3), uniform(-2, 2, 2, 3, 2)]
        for lower in [False, True]:
            for unit in [False, True]:
                variant = "_lower" * lower + "_transposed" * transposed + "_unit" * unit
                yield f"triangularSolve{variant}", "triangularSolve", {
                    "transposed": transposed, "lower": lower, "unit_diagonal": unit}, [
                    dominant(3, 3), uniform(-2, 2, 3, 2)]


def block_cases():
    for variant, (options, shapes) in ATTENTIONS.items():
        mask = [shapes[-1]] if options["masked"] else []
        tensors = shapes[:len(shapes) - len(mask)]
        operands = [uniform(-2, 2, *shape) for shape in tensors]
        operands += [whole(0, 1, *shape, dtype="bool") for shape in mask]
        yield f"attention_{variant}", "attention", options, operands
        batch, queries, heads, share = shapes[0]
        sums = (batch, queries, heads // 3 if options["packed"] else heads)
        yield f"attention_gradient_{variant}", "attention_gradient", options, [
            *operands, uniform(-1, 1, *sums), uniform(-1, 1, *sums),
            uniform(-2, 2, *sums, tensors[-1][-1])]
    for batch, units in [(3, 2), (1, 5), (2, 1)]:
        cell = uniform(-2, 2, batch, units)
        yield f"lstm_cell_{batch}x{units}", "lstm_cell", {}, [
            uniform(-3, 3, batch, 4 * units), cell]
        yield f"lstm_cell_gradient_{batch}x{units}", "lstm_cell_gradient", {}, [
            uniform(0.1, 0.9, batch, 4 * units), cell, cell, cell]


def other_cases():
    key = whole(0, 2**32 - 1, 2, dtype="uint32")
    yield "random_bits", "random_bits", {"shape": [3, 4]}, [key]
    yield "derive_key", "derive_key", {}, [key, whole(0, 2**32 - 1, 3, 2, dtype="uint32")]
    # Primitives that hold programs: both sides write the program down.
    for program in ["cell", "decay"]:
        yield f"scan_{program}", "scan", {"program": program, "reversed": program == "decay"}, [
            uniform(-1, 1, 3), uniform(-1, 1, 4, 3), uniform(-1, 1, 3, 3)]
    yield "while_loop", "while_loop", {"program": "halving"}, [
        uniform(5, 9), uniform(-2, 2, 3), uniform(-2, 2)]
    for chosen in [True, False]:
        yield f"conditional_{str(chosen).lower()}", "conditional", {"program": "wave or square"}, [
            fixed(chosen, "bool"), uniform(-2, 2, 3), uniform(-2, 2), uniform(-2, 2, 3)]
    yield "custom_derivative", "custom_derivative", {"program": "square"}, [uniform(-2, 2, 3)]


def cases():
    return itertools.chain(
        elementwise_cases(), structure_cases(), reduction_cases(), product_cases(), order_cases(),
        matrix_cases(), block_cases(), other_cases())


# ---------------------------------------------------------------------------
# Making with JAX
# ---------------------------------------------------------------------------


def jax_functions():
    """What each primitive computes, by JAX: functions of options and operands."""
    import jax
    import jax.numpy as jnp
    from jax import lax
    from jax.extend.random import threefry_2x32

    def convolution(o, x, kernel):
        axes = "DHW"[3 - len(o["strides"]):]
        return lax.conv_general_dilated(
            x, kernel, o["strides"], list(zip(o["low"], o["high"])),
            rhs_dilation=o["dilation"], feature_group_count=o["groups"],
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"))

    def weighted_sums(o, x):
        for axis, runs in enumerate(o["runs"], 1):
            matrix = np.zeros((len(runs["starts"]), x.shape[axis]))
            for row, (start, weights) in enumerate(zip(runs["starts"], runs["weights"])):
                matrix[row, start : start + len(weights)] = weights
            x = jnp.moveaxis(jnp.tensordot(matrix, x, (1, axis)), 0, axis)
        return x

    def windows(o, operands, initial, combine):
        return lax.reduce_window(
            operands, initial, combine, (1, *o["size"], 1), (1, *o["strides"], 1),
            [(0, 0), *zip(o["low"], o["high"]), (0, 0)],
            window_dilation=(1, *o["dilation"], 1))

    def window_sum(o, x):
        return windows(o, x, 0.0, lax.add)

    def window_maximum(o, x):
        index = np.arange(math.prod(x.shape[1:-1]), dtype=np.int32)
        index = np.broadcast_to(index.reshape(1, *x.shape[1:-1], 1), x.shape)

        def larger(a, b):
            first = (a[0] > b[0]) | ((a[0] == b[0]) & (a[1] < b[1]))
            return tuple(jnp.where(first, u, v) for u, v in zip(a, b))

        _, places = windows(o, (lax.stop_gradient(x), jnp.asarray(index)), (-np.inf, np.int32(-1)),
                            larger)
        # JAX has no derivative of maxima over dilated windows.
        dilated = any(d > 1 for d in o["dilation"])
        return (window_gather(o, x, places) if dilated else windows(o, x, -np.inf, lax.max)), places

    def window_gather(o, x, places):
        n, c = x.shape[0], x.shape[-1]
        flat, at = x.reshape(n, -1, c), places.reshape(n, -1, c)
        values = jnp.take_along_axis(flat, jnp.maximum(at, 0), axis=1)
        return jnp.where(at < 0, 0, values).reshape(places.shape)

    def transposed(function, shape, *operands):
        """A linear function's transpose, which takes a result's cotangent."""
        return jax.vjp(function, jnp.zeros(shape))[1](*operands)[0]

    def scatter_add(o, rows, places):
        axis = o["axis"]
        moved = jnp.moveaxis(rows, axis, 0)
        inside = (places >= 0) & (places < o["size"])
        moved = jnp.where(inside.reshape(-1, *[1] * (moved.ndim - 1)), moved, 0)
        zeros = jnp.zeros((o["size"], *moved.shape[1:]), rows.dtype)
        return jnp.moveaxis(zeros.at[jnp.clip(places, 0, o["size"] - 1)].add(moved), 0, axis)

    def recurrence(o, a, b):
        a, b = (jnp.moveaxis(x, o["axis"], 0) for x in (a, b))

        def step(total, terms):
            total = terms[0] * total + terms[1]
            return total, total

        _, y = lax.scan(step, jnp.zeros(b.shape[1:]), (a, b), reverse=o["reversed"])
        return jnp.moveaxis(y, 0, o["axis"])

    def cumulative(function):
        return lambda o, x: function(x, axis=o["axis"], reverse=o["reversed"])

    def derive_key(o, key, counters):
        halves = jnp.concatenate([counters[..., 0].ravel(), counters[..., 1].ravel()])
        words = threefry_2x32(key, halves).reshape(2, -1)
        return words.T.reshape(counters.shape)

    def random_bits(o, key):
        return jax.random.bits(
            jax.random.wrap_key_data(key, impl="threefry2x32"), o["shape"], jnp.uint32)

    def scan(o, carry, elements, matrix):
        def cell(h, x):
            h = jnp.tanh(h @ matrix + x)
            return h, h * x

        def decay(h, x):
            return h * x, jnp.sin(h)

        return lax.scan(locals()[o["program"]], carry, elements, reverse=o["reversed"])

    def while_loop(o, x, v, factor):
        # Unrolled, for lax.while_loop has no reverse derivative.
        steps = 0
        while x > 0.3:
            x, v, steps = x * 0.5, jnp.sin(v) * factor, steps + 1
        return x, v, jnp.asarray(steps)

    def conditional(o, chosen, x, factor, other):
        return lax.cond(
            chosen, lambda: (jnp.sin(x) * factor, factor), lambda: (other * other, other.sum()))

    def attention_parts(o, operands):
        """Queries, keys, values, where queries see keys, and the operands that are left."""
        operands = list(operands)
        parts = (jnp.split(operands.pop(0), 3, axis=2) if o["packed"]
                 else [operands.pop(0) for _ in range(3)])
        seen = jnp.ones((parts[0].shape[1], parts[1].shape[1]), bool)
        seen = jnp.tril(seen) if o["causal"] else seen
        return parts, (seen & operands.pop(0) if o["masked"] else seen), operands

    def attention(o, *operands):
        (q, k, v), seen, _ = attention_parts(o, operands)
        scores = jnp.einsum("bqhc,bkhc->bhqk", q, k) * o["scale"]
        any_seen = jnp.any(seen, axis=-1, keepdims=True)
        hidden = jnp.where(seen | ~any_seen, scores, -jnp.inf)
        weights = jnp.where(any_seen, jax.nn.softmax(hidden), 0)
        sums = jnp.where(any_seen, jax.nn.logsumexp(hidden, axis=-1, keepdims=True), 0)
        return jnp.einsum("bhqk,bkhc->bqhc", weights, v), jnp.swapaxes(sums[..., 0], 1, 2)

    def attention_gradient(o, *operands):
        (q, k, v), seen, (sums, deltas, g) = attention_parts(o, operands)
        sums, deltas = (jnp.swapaxes(x, 1, 2)[..., None] for x in (sums, deltas))
        scores = jnp.einsum("bqhc,bkhc->bhqk", q, k) * o["scale"]
        weights = jnp.exp(jnp.where(seen, scores - sums, -jnp.inf))
        slopes = weights * (jnp.einsum("bqhc,bkhc->bhqk", g, v) - deltas) * o["scale"]
        results = (jnp.einsum("bhqk,bkhc->bqhc", slopes, k),
                   jnp.einsum("bhqk,bqhc->bkhc", slopes, q),
                   jnp.einsum("bhqk,bqhc->bkhc", weights, g))
        return jnp.concatenate(results, axis=2) if o["packed"] else results

    def lstm_cell(o, sums, cell):
        entered, forgotten, candidate, shown = jnp.split(sums, 4, axis=1)
        gates = (jax.nn.sigmoid(entered), jax.nn.sigmoid(forgotten), jnp.tanh(candidate),
                 jax.nn.sigmoid(shown))
        after = gates[1] * cell + gates[0] * gates[2]
        return gates[3] * jnp.tanh(after), after, jnp.concatenate(gates, axis=1)

    def lstm_cell_gradient(o, gates, cell, hidden_gradient, cell_gradient):
        # From the gates back to sums that give them, and from there by JAX's own derivative.
        parts = jnp.split(gates, 4, axis=1)
        inverses = [jnp.arctanh(part) if index == 2 else jnp.log(part / (1 - part))
                    for index, part in enumerate(parts)]
        _, pull = jax.vjp(
            lambda sums, cell: lstm_cell(o, sums, cell)[:2], jnp.concatenate(inverses, axis=1),
            cell)
        return pull((hidden_gradient, cell_gradient))

    def mean_like(function):
        return lambda o, x: function(x, axis=tuple(o["axes"]))

    def sort(o, x):
        places = jnp.argsort(x, axis=o["axis"], stable=True, descending=o["descending"])
        places = lax.slice_in_dim(places, 0, o["count"], axis=o["axis"])
        return jnp.take_along_axis(x, places, o["axis"]), places.astype(np.int32)

    def search_sorted(o, rows, values):
        side = "right" if o["after_equal"] else "left"
        return jax.vmap(lambda row, v: jnp.searchsorted(row, v, side=side))(rows, values)

    def gather_elements(o, x, at):
        return jnp.take_along_axis(x, jnp.clip(at, 0, x.shape[o["axis"]] - 1), o["axis"])

    def scatter_add_elements(o, x, at):
        # One position more takes what lies outside.
        shape = list(x.shape)
        shape[o["axis"]] = o["size"] + 1
        inside = (at >= 0) & (at < o["size"])
        indices = list(jnp.indices(x.shape))
        indices[o["axis"]] = jnp.where(inside, at, o["size"])
        return lax.slice_in_dim(
            jnp.zeros(shape).at[tuple(indices)].add(x), 0, o["size"], axis=o["axis"])

    def oriented(columns):
        """The signs that make the largest component of each column positive."""
        largest = jnp.argmax(jnp.abs(columns), axis=-2, keepdims=True)
        return jnp.sign(jnp.take_along_axis(columns, largest, -2))

    def eigen(o, a):
        values, vectors = jnp.linalg.eigh(a, symmetrize_input=True)
        return values, vectors * oriented(vectors)

    def svd(o, a):
        u, values, vt = jnp.linalg.svd(a, full_matrices=o["complete"])
        signs = oriented(u)
        return u * signs, values, vt * jnp.swapaxes(signs, -1, -2)

    def qr(o, a):
        q, r = jnp.linalg.qr(a, mode="complete" if o["complete"] else "reduced")
        signs = jnp.sign(jnp.diagonal(r, axis1=-2, axis2=-1))
        return q * signs[..., None, :], r * signs[..., :, None]

    def cofactors(o, a):
        return jnp.linalg.det(a)[..., None, None] * jnp.swapaxes(jnp.linalg.inv(a), -1, -2)

    unary = dict(
        absolute=jnp.abs, alias=lambda x: x, arc_cosine=lax.acos, arc_sine=lax.asin,
        arc_tangent=lax.atan, bitwise_not=lax.bitwise_not, ceiling=lax.ceil, cosine=lax.cos,
        error_function=lax.erf, exponential=lax.exp, exponential_minus_one=lax.expm1,
        floor=lax.floor, gaussian_error_linear=lambda x: jax.nn.gelu(x, approximate=False),
        gaussian_error_linear_slope=lambda x: jax.scipy.stats.norm.cdf(x)
        + x * jax.scipy.stats.norm.pdf(x),
        hyperbolic_cosine=lax.cosh, hyperbolic_sine=lax.sinh,
        hyperbolic_tangent=lax.tanh, inverse_error_function=lax.erf_inv, is_finite=lax.is_finite,
        logarithm=lax.log, logarithm_one_plus=lax.log1p, logistic=lax.logistic, negate=lax.neg,
        reciprocal_square_root=lax.rsqrt, rectified_linear=jax.nn.relu,
        round=lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), sign=lax.sign,
        sine=lax.sin, square_root=lax.sqrt, stop_gradient=lax.stop_gradient, tangent=lax.tan)
    binary = dict(
        add=jnp.add, arc_tangent_2=jnp.arctan2, bitwise_and=jnp.bitwise_and,
        bitwise_exclusive_or=jnp.bitwise_xor, bitwise_or=jnp.bitwise_or,
        divide=lambda a, b: lax.div(*jnp.broadcast_arrays(a, b)), equal=jnp.equal,
        greater=jnp.greater, greater_or_equal=jnp.greater_equal, less=jnp.less,
        less_or_equal=jnp.less_equal, maximum=jnp.maximum, minimum=jnp.minimum,
        multiply=jnp.multiply, not_equal=jnp.not_equal,
        positive_gate=lambda a, b: jnp.where(a > 0, b, 0), power=jnp.power,
        remainder=lambda a, b: lax.rem(*jnp.broadcast_arrays(a, b)), shift_left=jnp.left_shift,
        shift_right=jnp.right_shift, subtract=jnp.subtract)
    reductions = dict(
        euclidean_norm=jnp.linalg.norm, maximum_reduction=jnp.max, minimum_reduction=jnp.min, product=jnp.prod,
        sum=lambda x, axis: jnp.sum(x, axis=axis, dtype=x.dtype), any_reduction=jnp.any,
        all_reduction=jnp.all)
    return {
        **{name: (lambda f: lambda o, x: f(x))(f) for name, f in unary.items()},
        **{name: (lambda f: lambda o, a, b: f(a, b))(f) for name, f in binary.items()},
        **{name: mean_like(f) for name, f in reductions.items()},
        "select": lambda o, c, a, b: jnp.where(c, a, b),
        "larger_share": lambda o, a, b, c: jnp.where(a > b, c, jnp.where(a == b, c / 2, 0)),
        "cast": lambda o, x: lax.convert_element_type(x, DTYPES[o["element_type"]]),
        "broadcast": lambda o, x: jnp.broadcast_to(x, o["shape"]),
        "concatenate": lambda o, *x: jnp.concatenate(x, o["axis"]),
        "gather": lambda o, x, at: jnp.take(x, at, axis=o["axis"], mode="clip"),
        "scatter_add": scatter_add,
        "iota": lambda o: lax.broadcasted_iota(DTYPES[o["element_type"]], o["shape"], o["axis"]),
        "pad": lambda o, x, v: lax.pad(x, v, list(zip(o["low"], o["high"], o["interior"]))),
        "reshape": lambda o, x: x.reshape(o["shape"]),
        "reverse": lambda o, x: lax.rev(x, o["axes"]),
        "slice": lambda o, x: lax.slice(x, o["starts"], o["ends"], o["strides"]),
        "transpose": lambda o, x: lax.transpose(x, o["permutation"]),
        "barrier": lambda o, *x: lax.optimization_barrier(x),
        "argument_of_maximum": lambda o, x: lax.argmax(x, o["axis"], np.int32),
        "argument_of_minimum": lambda o, x: lax.argmin(x, o["axis"], np.int32),
        "cumulative_log_sum_exp": cumulative(lax.cumlogsumexp),
        "cumulative_maximum": cumulative(lax.cummax),
        "cumulative_minimum": cumulative(lax.cummin),
        "cumulative_product": cumulative(lax.cumprod),
        "cumulative_sum": cumulative(lax.cumsum),
        "linear_recurrence": recurrence,
        "matmul": lambda o, a, b: jnp.matmul(
            jnp.swapaxes(a, -1, -2) if o["transposes_left"] else a,
            jnp.swapaxes(b, -1, -2) if o["transposes_right"] else b),
        "convolution": convolution,
        "convolution_input_gradient": lambda o, y, k: transposed(
            lambda x: convolution(o, x, k), o["shape"], y),
        "convolution_kernel_gradient": lambda o, x, y: transposed(
            lambda k: convolution(o, x, k), o["shape"], y),
        "window_maximum": window_maximum,
        "weighted_sums": weighted_sums,
        "window_sum": window_sum,
        "window_spread": lambda o, y: transposed(lambda x: window_sum(o, x), o["shape"], y),
        "window_gather": window_gather,
        "window_scatter": lambda o, y, at: transposed(
            lambda x: window_gather(o, x, at), o["shape"], y),
        "sort": sort,
        "search_sorted": search_sorted,
        "dynamic_slice": lambda o, x, *at: lax.dynamic_slice(
            x, at, o["sizes"], allow_negative_indices=False),
        "dynamic_update": lambda o, x, block, *at: lax.dynamic_update_slice(
            x, block, at, allow_negative_indices=False),
        "gather_elements": gather_elements,
        "scatter_add_elements": scatter_add_elements,
        "cholesky": lambda o, a: lax.linalg.cholesky(a, symmetrize_input=True),
        "cofactors": cofactors,
        "determinant": lambda o, a: jnp.linalg.det(a),
        "logDeterminant": lambda o, a: tuple(jnp.linalg.slogdet(a)),
        "pseudoInverse": lambda o, a: jnp.linalg.pinv(a),
        "qr": qr,
        "solve": lambda o, a, b: jnp.linalg.solve(
            jnp.swapaxes(a, -1, -2) if o["transposed"] else a, b),
        "svd": svd,
        "symmetricEigen": eigen,
        "triangularSolve": lambda o, a, b: lax.linalg.triangular_solve(
            a, b, left_side=True, lower=o["lower"], transpose_a=o["transposed"],
            unit_diagonal=o["unit_diagonal"]),
        "derive_key": derive_key,
        "random_bits": random_bits,
        "attention": attention,
        "attention_gradient": attention_gradient,
        "lstm_cell": lstm_cell,
        "lstm_cell_gradient": lstm_cell_gradient,
        "scan": scan,
        "while_loop": while_loop,
        "conditional": conditional,
        "custom_derivative": lambda o, x: x * x,
    }


def make_primitives(family):
    import jax
    import jax.numpy as jnp

    def is_float(x):
        return jnp.issubdtype(x.dtype, jnp.floating)

    with jax.enable_x64(True):
        functions = jax_functions()
        for name, primitive, options, operands in cases():
            generator = family.generator(name)
            operands = [operand(generator) for operand in operands]

            def results(*arrays):
                values = functions[primitive](options, *arrays)
                return list(values) if isinstance(values, (tuple, list)) else [values]

            arrays = [jnp.asarray(operand) for operand in operands]
            outputs = results(*arrays)
            tensors = {f"operand{i}": x for i, x in enumerate(operands)}
            tensors |= {f"result{i}": np.asarray(y) for i, y in enumerate(outputs)}
            varied = [i for i, x in enumerate(arrays) if is_float(x)]
            cotangents = {i: generator.uniform(-1, 1, y.shape).astype(y.dtype)
                          for i, y in enumerate(outputs) if is_float(y)}
            if varied and cotangents:
                def projection(*arrays):
                    outputs = results(*arrays)
                    return sum(jnp.sum(outputs[i] * c, dtype=np.float64)
                               for i, c in cotangents.items())

                gradients = jax.grad(projection, argnums=tuple(varied))(*arrays)
                tensors |= {f"cotangent{i}": c for i, c in cotangents.items()}
                tensors |= {f"gradient{i}": np.asarray(g) for i, g in zip(varied, gradients)}
            family.add(name, dict(options, primitive=primitive), **tensors)


# ---------------------------------------------------------------------------
# Checking with NumPy
# ---------------------------------------------------------------------------


def output_shape(o, x, kernel):
    """The shape of what windows or a convolution make of an input's shape."""
    axes = len(o["strides"])
    sizes = [
        (x[i + 1] + o["low"][i] + o["high"][i] - (kernel[i] - 1) * o["dilation"][i] - 1)
        // o["strides"][i] + 1
        for i in range(axes)
    ]
    return (x[0], *sizes, kernel[-1])


def covered(o, size, x, position):
    """The window offsets and input positions that lie inside, for an output position."""
    for offset in np.ndindex(*size):
        at = tuple(
            position[i] * o["strides"][i] - o["low"][i] + offset[i] * o["dilation"][i]
            for i in range(len(size)))
        if all(0 <= a < n for a, n in zip(at, x[1:-1])):
            yield offset, at


def convolution_terms(o, x, kernel):
    """Indices of every product of a convolution: input, kernel, output."""
    group_in, group_out = kernel[-2], kernel[-1] // o["groups"]
    for n, *position, out in np.ndindex(*output_shape(o, x, kernel)):
        for offset, at in covered(o, kernel[:-2], x, position):
            for c in range(group_in):
                source = out // group_out * group_in + c
                yield (n, *at, source), (*offset, c, out), (n, *position, out)


def along(x, axis, backwards, step):
    """A running value along an axis: step(before, element), before being None at first."""
    moved = np.moveaxis(x, axis, 0)
    rows = moved[::-1] if backwards else moved
    values = []
    with np.errstate(over="ignore"):
        for row in rows:
            values.append(step(values[-1] if values else None, row))
    result = np.array(values[::-1] if backwards else values, x.dtype)
    return np.moveaxis(result, 0, axis)


def numpy_functions():
    """What each primitive computes, by NumPy: functions of options and operands."""
    from statistics import NormalDist

    def convolution(o, x, kernel):
        y = np.zeros(output_shape(o, x.shape, kernel.shape))
        for i, k, j in convolution_terms(o, x.shape, kernel.shape):
            y[j] += x[i] * kernel[k]
        return y

    def convolution_input_gradient(o, y, kernel):
        x = np.zeros(o["shape"])
        for i, k, j in convolution_terms(o, x.shape, kernel.shape):
            x[i] += y[j] * kernel[k]
        return x

    def convolution_kernel_gradient(o, x, y):
        kernel = np.zeros(o["shape"])
        for i, k, j in convolution_terms(o, x.shape, kernel.shape):
            kernel[k] += x[i] * y[j]
        return kernel

    def each_window(o, x):
        for n, *position, c in np.ndindex(*output_shape(o, x, [*o["size"], 1, x[-1]])):
            inside = [(n, *at, c) for _, at in covered(o, o["size"], x, position)]
            yield (n, *position, c), inside

    def flat(x, index):
        return int(np.ravel_multi_index(index[1:-1], x[1:-1]))

    def window_maximum(o, x):
        shape = output_shape(o, x.shape, [*o["size"], 1, x.shape[-1]])
        values, places = np.zeros(shape), np.zeros(shape, np.int32)
        for j, inside in each_window(o, x.shape):
            best = max(inside, key=lambda i: x[i])
            values[j], places[j] = x[best], flat(x.shape, best)
        return values, places

    def window_sum(o, x):
        y = np.zeros(output_shape(o, x.shape, [*o["size"], 1, x.shape[-1]]))
        for j, inside in each_window(o, x.shape):
            y[j] = sum(x[i] for i in inside)
        return y

    def weighted_sums(o, x):
        y = np.zeros((len(x), *[len(runs["starts"]) for runs in o["runs"]], x.shape[-1]))
        for n, *position, c in np.ndindex(*y.shape):
            runs = [(axis["starts"][i], axis["weights"][i])
                    for axis, i in zip(o["runs"], position)]
            for tap in np.ndindex(*[len(weights) for _, weights in runs]):
                at = tuple(start + k for (start, _), k in zip(runs, tap))
                weight = math.prod(weights[k] for (_, weights), k in zip(runs, tap))
                y[(n, *position, c)] += weight * x[(n, *at, c)]
        return y

    def window_spread(o, y):
        x = np.zeros(o["shape"])
        for j, inside in each_window(o, x.shape):
            for i in inside:
                x[i] += y[j]
        return x

    def at_place(shape, j, place):
        return (j[0], *np.unravel_index(place, shape[1:-1]), j[-1])

    def window_gather(o, x, places):
        y = np.zeros(places.shape)
        for j, place in np.ndenumerate(places):
            y[j] = x[at_place(x.shape, j, place)] if place >= 0 else 0
        return y

    def window_scatter(o, y, places):
        x = np.zeros(o["shape"])
        for j, place in np.ndenumerate(places):
            if place >= 0:
                x[at_place(x.shape, j, place)] += y[j]
        return x

    def scatter_add(o, rows, places):
        rows = np.moveaxis(rows, o["axis"], 0)
        result = np.zeros((o["size"], *rows.shape[1:]))
        for row, place in zip(rows, places):
            if 0 <= place < o["size"]:
                result[place] += row
        return np.moveaxis(result, 0, o["axis"])

    def pad(o, x, value):
        shape = [l + h + n + max(n - 1, 0) * g
                 for n, l, h, g in zip(x.shape, o["low"], o["high"], o["interior"])]
        y = np.full(shape, value)
        for i, element in np.ndenumerate(x):
            j = tuple(l + k * (g + 1) for k, l, g in zip(i, o["low"], o["interior"]))
            if all(0 <= k < n for k, n in zip(j, shape)):
                y[j] = element
        return y

    def recurrence(o, a, b):
        pairs = np.stack([a, b], -1)
        return along(
            pairs, o["axis"], o["reversed"],
            lambda before, row: np.stack([row[..., 0], row[..., 1] + (
                0 if before is None else row[..., 0] * before[..., 1])], -1))[..., 1]

    def cumulative(function):
        return lambda o, x: along(
            x, o["axis"], o["reversed"],
            lambda before, row: row if before is None else function(before, row).astype(x.dtype))

    def argument(function):
        return lambda o, x: function(x, axis=o["axis"]).astype(np.int32)

    def cast(o, x):
        return x.astype(DTYPES[o["element_type"]])

    def divide(a, b):
        if a.dtype.kind == "f":
            return a / b
        return np.trunc(a / b).astype(a.dtype)

    def key_words(key, counters):
        from make_golden import threefry_2x32

        return np.array([threefry_2x32(key, (int(a), int(b))) for a, b in counters.reshape(-1, 2)],
                        np.uint32).reshape(counters.shape)

    def random_bits(o, key):
        count = math.prod(o["shape"])
        words = key_words(key, np.array([(0, i) for i in range(count)], np.uint32))
        return (words[:, 0] ^ words[:, 1]).reshape(o["shape"])

    def scan(o, h, elements, matrix):
        outputs = [None] * len(elements)
        steps = range(len(elements))
        for i in reversed(steps) if o["reversed"] else steps:
            if o["program"] == "cell":
                h = np.tanh(h @ matrix + elements[i])
                outputs[i] = h * elements[i]
            else:
                outputs[i] = np.sin(h)
                h = h * elements[i]
        return h, np.array(outputs)

    def while_loop(o, x, v, factor):
        steps = 0
        while x > 0.3:
            x, v, steps = x / 2, np.sin(v) * factor, steps + 1
        return x, v, np.int64(steps)

    def conditional(o, chosen, x, factor, other):
        return (np.sin(x) * factor, factor) if chosen else (other ** 2, other.sum())

    def sort(o, x):
        def order(line):
            keys = sorted(range(len(line)), key=lambda i: -line[i] if o["descending"] else line[i])
            return np.array(keys[:o["count"]])

        places = np.apply_along_axis(order, o["axis"], x)
        return np.take_along_axis(x, places, o["axis"]), places.astype(np.int32)

    def search_sorted(o, rows, values):
        before = (lambda a, v: a <= v) if o["after_equal"] else (lambda a, v: a < v)
        counts = [[sum(before(a, v) for a in row) for v in line]
                  for row, line in zip(rows, values)]
        return np.array(counts, np.int32)

    def block(x, sizes, at):
        starts = [min(max(int(a), 0), n - size) for a, n, size in zip(at, x.shape, sizes)]
        return tuple(slice(a, a + size) for a, size in zip(starts, sizes))

    def dynamic_update(o, x, new, *at):
        y = x.copy()
        y[block(x, new.shape, at)] = new
        return y

    def element_places(o, at):
        for index, place in np.ndenumerate(at):
            yield index, (*index[:o["axis"]], int(place), *index[o["axis"] + 1:])

    def gather_elements(o, x, at):
        y = np.zeros(at.shape)
        for index, place in element_places(o, np.clip(at, 0, x.shape[o["axis"]] - 1)):
            y[index] = x[place]
        return y

    def scatter_add_elements(o, x, at):
        shape = list(x.shape)
        shape[o["axis"]] = o["size"]
        y = np.zeros(shape)
        for index, place in element_places(o, at):
            if 0 <= place[o["axis"]] < o["size"]:
                y[place] += x[index]
        return y

    def cholesky(o, a):
        # Row by row, from L L^T = A.
        a = (a + np.swapaxes(a, -1, -2)) / 2
        factor = np.zeros(a.shape)
        for i, j in itertools.product(range(a.shape[-1]), repeat=2):
            rest = a[..., i, j] - np.sum(factor[..., i, :j] * factor[..., j, :j], axis=-1)
            if i == j:
                factor[..., i, i] = np.sqrt(rest)
            elif i > j:
                factor[..., i, j] = rest / factor[..., j, j]
        return factor

    def determinant(a):
        # Along the first row.
        if a.shape[-1] == 0:
            return np.ones(a.shape[:-2])
        return sum((-1) ** j * a[..., 0, j] * determinant(np.delete(a[..., 1:, :], j, -1))
                   for j in range(a.shape[-1]))

    def cofactors(o, a):
        result = np.zeros(a.shape)
        for i, j in np.ndindex(*a.shape[-2:]):
            minor = np.delete(np.delete(a, i, -2), j, -1)
            result[..., i, j] = (-1) ** (i + j) * determinant(minor)
        return result

    def qr(o, a):
        # Gram and Schmidt's way: columns made orthogonal to those before.
        rank = min(a.shape[-2:])
        q = np.zeros((*a.shape[:-1], rank))
        for j in range(rank):
            column = a[..., :, j]
            for k in range(j):
                column = column - q[..., k] * np.sum(q[..., k] * column, -1, keepdims=True)
            q[..., j] = column / np.linalg.norm(column, axis=-1, keepdims=True)
        return q, np.swapaxes(q, -1, -2) @ a

    def oriented(columns):
        largest = np.argmax(np.abs(columns), axis=-2, keepdims=True)
        return np.sign(np.take_along_axis(columns, largest, -2))

    def eigen(o, a):
        values, vectors = np.linalg.eigh((a + np.swapaxes(a, -1, -2)) / 2)
        return values, vectors * oriented(vectors)

    def svd(o, a):
        u, values, vt = np.linalg.svd(a, full_matrices=o["complete"])
        signs = oriented(u)
        return u * signs, values, vt * np.swapaxes(signs, -1, -2)

    def solve(a, b, transposed):
        return np.linalg.solve(np.swapaxes(a, -1, -2) if transposed else a, b)

    def triangular_solve(o, a, b):
        a = np.tril(a) if o["lower"] else np.triu(a)
        if o["unit_diagonal"]:
            a = a - np.diag(np.diag(a)) + np.eye(len(a))
        return solve(a, b, o["transposed"])

    def attention_places(o, operands):
        """Example, head and query of each place; queries, keys and values of all, the scores of the
        place's query, minus infinity for keys that it does not see, and the operands that are left.
        """
        operands = list(operands)
        if o["packed"]:
            whole = operands.pop(0)
            parts = [whole[:, :, i * whole.shape[2] // 3:(i + 1) * whole.shape[2] // 3]
                     for i in range(3)]
        else:
            parts = [operands.pop(0) for _ in range(3)]
        q, k, v = parts
        mask = operands.pop(0) if o["masked"] else np.array(True)
        mask = np.broadcast_to(mask, (q.shape[0], q.shape[2], q.shape[1], k.shape[1]))
        for b, i, h in np.ndindex(*q.shape[:3]):
            scores = np.array([
                o["scale"] * sum(q[b, i, h] * k[b, j, h])
                if mask[b, h, i, j] and (j <= i or not o["causal"]) else -np.inf
                for j in range(k.shape[1])])
            yield (b, i, h), (q, k, v), scores, operands

    def attention(o, *operands):
        shape = operands[0].shape
        heads = shape[2] // (3 if o["packed"] else 1)
        outputs = operands[0 if o["packed"] else 2].shape[3]
        y, sums = np.zeros((*shape[:2], heads, outputs)), np.zeros((*shape[:2], heads))
        for (b, i, h), (_, _, v), scores, _ in attention_places(o, operands):
            total = np.exp(scores).sum()
            if total > 0:
                y[b, i, h] = np.exp(scores) / total @ v[b, :, h]
                sums[b, i, h] = np.log(total)
        return y, sums

    def attention_gradient(o, *operands):
        results = None
        for place, (q, k, v), scores, (sums, deltas, g) in attention_places(o, operands):
            results = results or [np.zeros(x.shape) for x in (q, k, v)]
            b, i, h = place
            for j, score in enumerate(scores):
                weight = np.exp(score - sums[place])
                slope = weight * (sum(g[place] * v[b, j, h]) - deltas[place]) * o["scale"]
                results[0][place] += slope * k[b, j, h]
                results[1][b, j, h] += slope * q[place]
                results[2][b, j, h] += weight * g[place]
        return np.concatenate(results, axis=2) if o["packed"] else results

    def lstm_cell(o, sums, cell):
        units = cell.shape[1]
        hidden, after, gates = np.zeros(cell.shape), np.zeros(cell.shape), np.zeros(sums.shape)
        for b, k in np.ndindex(*cell.shape):
            for gate in range(4):
                x = sums[b, gate * units + k]
                gates[b, gate * units + k] = math.tanh(x) if gate == 2 else 1 / (1 + math.exp(-x))
            entered, forgotten, candidate, shown = gates[b, k::units]
            after[b, k] = forgotten * cell[b, k] + entered * candidate
            hidden[b, k] = shown * math.tanh(after[b, k])
        return hidden, after, gates

    def lstm_cell_gradient(o, gates, cell, hidden_gradient, cell_gradient):
        units = cell.shape[1]
        sums, before = np.zeros(gates.shape), np.zeros(cell.shape)
        for b, k in np.ndindex(*cell.shape):
            entered, forgotten, candidate, shown = gates[b, k::units]
            memory = math.tanh(forgotten * cell[b, k] + entered * candidate)
            whole = cell_gradient[b, k] + hidden_gradient[b, k] * shown * (1 - memory**2)
            sums[b, k::units] = [
                whole * candidate * entered * (1 - entered),
                whole * cell[b, k] * forgotten * (1 - forgotten),
                whole * entered * (1 - candidate**2),
                hidden_gradient[b, k] * memory * shown * (1 - shown)]
            before[b, k] = whole * forgotten
        return sums, before

    unit = NormalDist()
    unary = dict(
        absolute=np.abs, alias=np.copy, arc_cosine=np.arccos, arc_sine=np.arcsin,
        arc_tangent=np.arctan, bitwise_not=np.invert, ceiling=np.ceil, cosine=np.cos,
        error_function=np.vectorize(math.erf), exponential=np.exp,
        exponential_minus_one=np.expm1, floor=np.floor,
        gaussian_error_linear=np.vectorize(lambda x: x * unit.cdf(x)),
        gaussian_error_linear_slope=np.vectorize(lambda x: unit.cdf(x) + x * unit.pdf(x)), hyperbolic_cosine=np.cosh,
        hyperbolic_sine=np.sinh, hyperbolic_tangent=np.tanh,
        inverse_error_function=np.vectorize(lambda x: unit.inv_cdf((x + 1) / 2) / 2**0.5),
        is_finite=np.isfinite, logarithm=np.log, logarithm_one_plus=np.log1p,
        logistic=lambda x: 1 / (1 + np.exp(-x)), negate=np.negative,
        reciprocal_square_root=lambda x: 1 / np.sqrt(x), rectified_linear=lambda x: x * (x > 0),
        round=np.round, sign=np.sign, sine=np.sin, square_root=np.sqrt, stop_gradient=np.copy,
        tangent=np.tan)
    binary = dict(
        add=np.add, arc_tangent_2=np.arctan2, bitwise_and=np.bitwise_and,
        bitwise_exclusive_or=np.bitwise_xor, bitwise_or=np.bitwise_or, divide=divide,
        equal=np.equal, greater=np.greater, greater_or_equal=np.greater_equal, less=np.less,
        less_or_equal=np.less_equal, maximum=np.maximum, minimum=np.minimum,
        multiply=np.multiply, not_equal=np.not_equal, positive_gate=lambda a, b: (a > 0) * b,
        power=np.power, remainder=np.fmod, shift_left=np.left_shift, shift_right=np.right_shift,
        subtract=np.subtract)
    reductions = dict(
        euclidean_norm=np.linalg.norm, maximum_reduction=np.max, minimum_reduction=np.min, product=np.prod,
        sum=lambda x, axis: np.sum(x, axis=axis, dtype=x.dtype), any_reduction=np.any,
        all_reduction=np.all)
    return {
        **{name: (lambda f: lambda o, x: f(x))(f) for name, f in unary.items()},
        **{name: (lambda f: lambda o, a, b: f(a, b))(f) for name, f in binary.items()},
        **{name: (lambda f: lambda o, x: f(x, axis=tuple(o["axes"])))(f)
           for name, f in reductions.items()},
        "select": lambda o, c, a, b: np.where(c, a, b),
        "larger_share": lambda o, a, b, c: c * ((a > b) + (a == b) / 2),
        "cast": cast,
        "broadcast": lambda o, x: x + np.zeros(o["shape"]),
        "concatenate": lambda o, *x: np.concatenate(x, axis=o["axis"]),
        "gather": lambda o, x, at: np.take(x, np.clip(at, 0, x.shape[o["axis"]] - 1), o["axis"]),
        "scatter_add": scatter_add,
        "iota": lambda o: np.indices(o["shape"])[o["axis"]].astype(DTYPES[o["element_type"]]),
        "pad": pad,
        "reshape": lambda o, x: np.reshape(x, o["shape"]),
        "reverse": lambda o, x: np.flip(x, o["axes"]),
        "slice": lambda o, x: x[tuple(
            slice(*bounds) for bounds in zip(o["starts"], o["ends"], o["strides"]))],
        "transpose": lambda o, x: np.transpose(x, o["permutation"]),
        "barrier": lambda o, *x: x,
        "argument_of_maximum": argument(np.argmax),
        "argument_of_minimum": argument(np.argmin),
        "cumulative_log_sum_exp": cumulative(np.logaddexp),
        "cumulative_maximum": cumulative(np.maximum),
        "cumulative_minimum": cumulative(np.minimum),
        "cumulative_product": cumulative(np.multiply),
        "cumulative_sum": cumulative(np.add),
        "linear_recurrence": recurrence,
        "matmul": lambda o, a, b: np.einsum(
            f"b{'km' if o['transposes_left'] else 'mk'},b{'nk' if o['transposes_right'] else 'kn'}"
            "->bmn", a, b),
        "convolution": convolution,
        "convolution_input_gradient": convolution_input_gradient,
        "convolution_kernel_gradient": convolution_kernel_gradient,
        "window_maximum": window_maximum,
        "weighted_sums": weighted_sums,
        "window_sum": window_sum,
        "window_spread": window_spread,
        "window_gather": window_gather,
        "window_scatter": window_scatter,
        "sort": sort,
        "search_sorted": search_sorted,
        "dynamic_slice": lambda o, x, *at: x[block(x, o["sizes"], at)],
        "dynamic_update": dynamic_update,
        "gather_elements": gather_elements,
        "scatter_add_elements": scatter_add_elements,
        "cholesky": cholesky,
        "cofactors": cofactors,
        "determinant": lambda o, a: determinant(a),
        "logDeterminant": lambda o, a: (
            np.sign(determinant(a)), np.log(np.abs(determinant(a)))),
        "pseudoInverse": lambda o, a: np.linalg.pinv(a),
        "qr": qr,
        "solve": lambda o, a, b: solve(a, b, o["transposed"]),
        "svd": svd,
        "symmetricEigen": eigen,
        "triangularSolve": triangular_solve,
        "derive_key": lambda o, key, counters: key_words(key, counters),
        "random_bits": random_bits,
        "attention": attention,
        "attention_gradient": attention_gradient,
        "lstm_cell": lstm_cell,
        "lstm_cell_gradient": lstm_cell_gradient,
        "scan": scan,
        "while_loop": while_loop,
        "conditional": conditional,
        "custom_derivative": lambda o, x: x ** 2,
    }


# Cases on kinks, where finite differences say nothing: their gradients by hand.
KINKS = {
    "maximum_ties": ([0.5, 0, 0.5], [0.5, 1, 0.5]),
    "minimum_ties": ([0.5, 1, 0.5], [0.5, 0, 0.5]),
    "maximum_reduction_ties": ([0, 0.5, 0, 0.5],),
    "minimum_reduction_ties": ([1 / 3, 0, 1 / 3, 1 / 3],),
}


def check_primitives(case, options, tensors):
    from make_golden import expect

    function = numpy_functions()[options["primitive"]]

    def numbered(what):
        return {int(name[len(what):]): x for name, x in tensors.items() if name.startswith(what)}

    def results(operands):
        values = function(options, *operands)
        return values if isinstance(values, (tuple, list)) else [values]

    operands = [x for _, x in sorted(numbered("operand").items())]
    for i, y in enumerate(results(operands)):
        actual = tensors[f"result{i}"]
        assert actual.dtype == np.asarray(y).dtype, f"{case}: {actual.dtype}, not {y.dtype}"
        expect(case, f"result{i}", actual, y, rtol=1e-12, atol=1e-13)

    cotangents = numbered("cotangent")
    for i, gradient in numbered("gradient").items():
        if case in KINKS:
            expected = np.array(KINKS[case][i]) * cotangents[0]
        elif options["primitive"] in ("cast", "stop_gradient"):
            # Rounding has no differences, and stop_gradient hides those it has.
            expected = cotangents[0] if options["primitive"] == "cast" else 0 * operands[i]
        else:
            expected = np.zeros(gradient.shape)
            for index in np.ndindex(*gradient.shape):
                step, sides = 1e-6, []
                for sign in (1, -1):
                    moved = [np.array(x) for x in operands]
                    moved[i][index] += sign * step
                    outputs = results(moved)
                    sides.append(sum(np.sum(outputs[j] * c) for j, c in cotangents.items()))
                expected[index] = (sides[0] - sides[1]) / (2 * step)
        expect(case, f"gradient{i}", gradient, expected, rtol=1e-6, atol=1e-7)
