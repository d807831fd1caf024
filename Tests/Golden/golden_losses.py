"""Golden values of the losses: values, and gradients of all floating-point inputs.

`make_losses` computes with PyTorch in float64, by its own functions where it has
them and by their definition where it has not. `check_losses` computes with NumPy
from the definitions, CTC by going through every path, and compares gradients with
finite differences of that. Nothing is rounded, so that f64 can be compared too.
"""

import itertools

import numpy as np

# Reduction, shape and whether there are weights.
CONFIGURATIONS = (
    ("mean", (5, 3), False),
    ("none", (2, 3, 4), True),
    ("sum", (7,), False),
    ("weighted_mean", (4, 5), True),
    ("mean", (1, 6), True),
)


def numbers(generator, shape, scale=1.0):
    """Numbers that float32 has, as float64."""
    return (scale * generator.standard_normal(shape)).astype(np.float32).astype(np.float64)


def uniform(generator, shape, low=0.05, high=0.95):
    return generator.uniform(low, high, shape).astype(np.float32).astype(np.float64)


def signs(generator, shape):
    return generator.choice(np.float64([-1, 1]), shape)


def distributions(generator, shape):
    return generator.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32).astype(
        np.float64
    )


# ---------------------------------------------------------------------------
# Inputs: what each loss is computed of, and its options
# ---------------------------------------------------------------------------

# Loss: (inputs, options of its variants, whether the last axis is one of classes or features).
# "batch" marks targets that have no last axis, "integers" those that are classes.
CASES = {
    "binary_cross_entropy": (
        {"targets": uniform, "predictions": uniform},
        [{}, {"positive_weight": 0.5, "negative_weight": 0.8}, {"label_smoothing": 0.2},
         {"per_element": True}], False),
    "binary_cross_entropy_logits": (
        {"targets": uniform, "predictions": numbers},
        [{}, {"positive_weight": 3.0}, {"label_smoothing": 0.1}], False),
    "categorical_cross_entropy": (
        {"targets": distributions, "predictions": distributions},
        [{}, {"label_smoothing": 0.3}], True),
    "categorical_cross_entropy_logits": (
        {"targets": distributions, "predictions": numbers},
        [{}, {"label_smoothing": 0.1}], True),
    "sparse_cross_entropy_logits": (
        {"targets": "integers", "predictions": numbers},
        [{}, {"label_smoothing": 0.1}, {"class_weights": True},
         {"class_weights": True, "label_smoothing": 0.2}], True),
    "categorical_focal": (
        {"targets": distributions, "predictions": distributions}, [{}, {"focus": 0.5}], True),
    "categorical_focal_logits": (
        {"targets": "integers", "predictions": numbers},
        [{}, {"focus": 1.5, "class_weights": True}], True),
    "negative_log_likelihood": (
        {"targets": "integers", "predictions": numbers}, [{}, {"class_weights": True}], True),
    "categorical_hinge": ({"targets": uniform, "predictions": numbers}, [{}], True),
    "hinge": ({"targets": signs, "predictions": numbers}, [{}, {"per_element": True}], False),
    "squared_hinge": ({"targets": signs, "predictions": numbers}, [{}], False),
    "mean_squared_logarithmic_error": (
        {"targets": uniform, "predictions": uniform}, [{}], False),
    "mean_absolute_percentage_error": (
        {"targets": uniform, "predictions": numbers}, [{}], False),
    "soft_margin": ({"targets": signs, "predictions": numbers}, [{}], False),
    "kl_divergence": ({"targets": distributions, "predictions": distributions}, [{}], True),
    "kl_divergence_logarithms": (
        {"targets": distributions, "predictions": numbers}, [{}], True),
    "kl_divergence_both_logarithms": (
        {"targets": numbers, "predictions": numbers}, [{}], True),
    "log_cosh": ({"targets": numbers, "predictions": numbers}, [{}], False),
    "mean_absolute_error": ({"targets": numbers, "predictions": numbers}, [{}], False),
    "mean_squared_error": ({"targets": numbers, "predictions": numbers}, [{}], False),
    "huber": (
        {"targets": numbers, "predictions": numbers}, [{}, {"delta": 0.5}], False),
    "poisson": ({"targets": uniform, "predictions": uniform}, [{}], False),
    "poisson_logarithms": ({"targets": uniform, "predictions": numbers}, [{}], False),
    "pinball": ({"targets": numbers, "predictions": numbers}, [{}, {"quantile": 0.9}], False),
    "wasserstein": ({"targets": signs, "predictions": numbers}, [{}], False),
    "minimax": ({"targets": uniform, "predictions": uniform}, [{}], False),
    "focal": (
        {"targets": uniform, "predictions": uniform},
        [{}, {"focus": 0.5, "balance": 0.25}], False),
    "focal_logits": (
        {"targets": uniform, "predictions": numbers}, [{}, {"focus": 3.0, "balance": 0.25}],
        False),
    "dice": ({"targets": uniform, "predictions": uniform}, [{}, {"smoothing": 1.0}], True),
    "tversky": (
        {"targets": uniform, "predictions": uniform},
        [{}, {"excess_weight": 0.3, "lack_weight": 0.7}], True),
    "cosine_similarity": ({"targets": numbers, "predictions": numbers}, [{}], True),
    "cosine_embedding": (
        {"targets": "batch", "first": numbers, "second": numbers}, [{}, {"margin": 0.2}], True),
    "margin_ranking": (
        {"targets": signs, "first": numbers, "second": numbers}, [{}, {"margin": 0.5}], False),
    "triplet_margin": (
        {"anchors": numbers, "positives": numbers, "negatives": numbers},
        [{}, {"margin": 0.3, "swapping": True}], True),
    "contrastive": (
        {"targets": "batch", "first": numbers, "second": numbers}, [{}, {"margin": 3.0}], True),
    "gaussian_negative_log_likelihood": (
        {"targets": numbers, "means": numbers, "variances": uniform}, [{}, {"full": True}], False),
}

# Losses whose constant targets PyTorch does not differentiate, or that have none.
CONSTANT = {"integers", "batch", signs}



def make_losses(family):
    for loss, (inputs, variants, has_features) in CASES.items():
        for number, options in enumerate(variants):
            for index, (reduction, shape, weighted) in enumerate(CONFIGURATIONS):
                if has_features and len(shape) == 1:
                    shape = (1, *shape)
                name = f"{loss}_{number}_{index}_{reduction}"
                make_case(family, name, loss, inputs, options, reduction, shape, weighted)
    make_ctc(family)


def make_case(family, name, loss, inputs, options, reduction, shape, weighted):
    import torch

    generator = family.generator(name)
    leaves, constants = {}, {}
    for what, draw in inputs.items():
        if draw == "integers":
            constants[what] = generator.integers(0, shape[-1], shape[:-1]).astype(np.int32)
        elif draw == "batch":
            targets = signs(generator, shape[:-1])
            constants[what] = (targets + 1) / 2 if loss == "contrastive" else targets
        elif draw in CONSTANT:
            constants[what] = draw(generator, shape)
        else:
            leaves[what] = torch.tensor(draw(generator, shape), requires_grad=True)
    options = dict(options)
    if options.pop("class_weights", False):
        constants["class_weights"] = uniform(generator, shape[-1:], 0.2, 2.0)
    values = {**leaves, **{what: torch.tensor(array) for what, array in constants.items()}}
    losses, counts = torch_losses(loss, values, options)
    finish(
        family, name, {**options, "loss": loss}, leaves, constants, losses, counts, reduction,
        weighted, generator,
    )


def finish(
    family, name, options, leaves, constants, losses, counts, reduction, weighted, generator
):
    """Weights and reduces the losses, and differentiates the result."""
    import torch

    weights = None
    if weighted:
        weights = uniform(generator, tuple(losses.shape), 0.2, 2.0)
        if weights.size > 1:
            weights.flat[1] = 0
        losses = losses * torch.tensor(weights)
    cotangent = None
    if reduction == "none":
        result = losses
        cotangent = numbers(generator, tuple(losses.shape))
    else:
        result = losses.sum()
        factors = torch.tensor(weights) if weighted else torch.ones(losses.shape)
        if reduction == "mean":
            result = result / losses.numel()
        elif reduction == "weighted_mean":
            result = result / (factors if counts is None else factors * counts).sum()
    result.backward(None if cotangent is None else torch.tensor(cotangent))
    options = {**options, "reduction": reduction, "inputs": list(leaves)}
    family.add(
        name, options, **leaves, **constants, weights=weights, output=result, cotangent=cotangent,
        **{f"{what}_gradient": tensor.grad for what, tensor in leaves.items()},
    )


def torch_losses(loss, values, options):
    """One loss for each sample, and how much each counts in a weighted mean (or None)."""
    import torch
    import torch.nn.functional as F

    v, o = values, options
    t, p = v.get("targets"), v.get("predictions")
    counts = None
    s = o.get("label_smoothing", 0.0)
    if loss == "binary_cross_entropy":
        t = t * (1 - s) + s / 2
        if "positive_weight" in o:
            each = -(o["positive_weight"] * t * p.log()
                     + o["negative_weight"] * (1 - t) * torch.log1p(-p))
        else:
            each = F.binary_cross_entropy(p, t, reduction="none")
    elif loss == "binary_cross_entropy_logits":
        positive = torch.tensor(o.get("positive_weight", 1.0), dtype=torch.float64)
        each = F.binary_cross_entropy_with_logits(
            p, t * (1 - s) + s / 2, pos_weight=positive, reduction="none"
        )
    elif loss == "categorical_cross_entropy":
        return -((t * (1 - s) + s / p.shape[-1]) * p.log()).sum(-1), None
    elif loss in ("categorical_cross_entropy_logits", "sparse_cross_entropy_logits"):
        classes = p.shape[-1]
        weight = v.get("class_weights")
        if loss.startswith("sparse"):
            goal = t.long().reshape(-1)
            counts = None if weight is None else weight[t.long()]
        else:
            goal = t.reshape(-1, classes)
        each = F.cross_entropy(
            p.reshape(-1, classes), goal, weight=weight, label_smoothing=s, reduction="none"
        )
        return each.reshape(p.shape[:-1]), counts
    elif loss in ("categorical_focal", "categorical_focal_logits"):
        logs = p.log_softmax(-1) if loss.endswith("logits") else p.log()
        weight = v.get("class_weights")
        goal = F.one_hot(t.long(), p.shape[-1]) if t.ndim < p.ndim else t
        each = -goal * (1 - logs.exp()) ** o.get("focus", 2.0) * logs
        if weight is None:
            return each.sum(-1), None
        return (weight * each).sum(-1), weight[t.long()]
    elif loss == "negative_log_likelihood":
        weight = v.get("class_weights")
        each = F.nll_loss(
            p.reshape(-1, p.shape[-1]), t.long().reshape(-1), weight=weight, reduction="none"
        )
        return each.reshape(p.shape[:-1]), None if weight is None else weight[t.long()]
    elif loss == "categorical_hinge":
        return F.relu(1 + ((1 - t) * p).amax(-1) - (t * p).sum(-1)), None
    elif loss == "hinge":
        each = F.relu(1 - t * p)
    elif loss == "squared_hinge":
        each = F.relu(1 - t * p) ** 2
    elif loss == "mean_squared_logarithmic_error":
        each = F.mse_loss(torch.log1p(p), torch.log1p(t), reduction="none")
    elif loss == "mean_absolute_percentage_error":
        each = 100 * ((p - t) / t).abs()
    elif loss == "soft_margin":
        each = F.soft_margin_loss(p, t, reduction="none")
    elif loss == "kl_divergence":
        return F.kl_div(p.log(), t, reduction="none").sum(-1), None
    elif loss == "kl_divergence_logarithms":
        return F.kl_div(p, t, reduction="none").sum(-1), None
    elif loss == "kl_divergence_both_logarithms":
        return F.kl_div(p, t, reduction="none", log_target=True).sum(-1), None
    elif loss == "log_cosh":
        each = (p - t) + F.softplus(-2 * (p - t)) - np.log(2)
    elif loss == "mean_absolute_error":
        each = F.l1_loss(p, t, reduction="none")
    elif loss == "mean_squared_error":
        each = F.mse_loss(p, t, reduction="none")
    elif loss == "huber":
        each = F.huber_loss(p, t, delta=o.get("delta", 1.0), reduction="none")
    elif loss == "poisson":
        each = F.poisson_nll_loss(p, t, log_input=False, eps=0, reduction="none")
    elif loss == "poisson_logarithms":
        each = F.poisson_nll_loss(p, t, log_input=True, reduction="none")
    elif loss == "pinball":
        q = o.get("quantile", 0.5)
        each = torch.where(t > p, q * (t - p), (1 - q) * (p - t))
    elif loss == "wasserstein":
        each = t * p
    elif loss == "minimax":
        each = -F.binary_cross_entropy(p, t, reduction="none")
    elif loss in ("focal", "focal_logits"):
        q = torch.sigmoid(p) if loss == "focal_logits" else p
        focus, balance = o.get("focus", 2.0), o.get("balance")
        yes, no = (1, 1) if balance is None else (balance, 1 - balance)
        each = -(yes * t * (1 - q) ** focus * q.log()
                 + no * (1 - t) * q ** focus * (1 - q).log())
    elif loss == "dice":
        axes = tuple(range(1, p.ndim))
        smoothing = o.get("smoothing", 1e-5)
        return 1 - (2 * (t * p).sum(axes) + smoothing) / (
            t.sum(axes) + p.sum(axes) + smoothing), None
    elif loss == "tversky":
        axes = tuple(range(1, p.ndim))
        both = (t * p).sum(axes) + 1e-5
        return 1 - both / (
            both + o.get("excess_weight", 0.5) * ((1 - t) * p).sum(axes)
            + o.get("lack_weight", 0.5) * (t * (1 - p)).sum(axes)), None
    elif loss == "cosine_similarity":
        return -F.cosine_similarity(t, p, dim=-1), None
    elif loss == "cosine_embedding":
        features = v["first"].shape[-1]
        each = F.cosine_embedding_loss(
            v["first"].reshape(-1, features), v["second"].reshape(-1, features), t.reshape(-1),
            margin=o.get("margin", 0.0), reduction="none",
        )
        return each.reshape(t.shape), None
    elif loss == "margin_ranking":
        return F.margin_ranking_loss(
            v["first"], v["second"], t, margin=o.get("margin", 0.0), reduction="none"), None
    elif loss == "triplet_margin":
        return F.triplet_margin_with_distance_loss(
            v["anchors"], v["positives"], v["negatives"],
            distance_function=lambda a, b: torch.linalg.vector_norm(a - b, dim=-1),
            margin=o.get("margin", 1.0), swap=o.get("swapping", False), reduction="none"), None
    elif loss == "contrastive":
        distance = torch.linalg.vector_norm(v["first"] - v["second"], dim=-1)
        return t * distance ** 2 + (1 - t) * F.relu(o.get("margin", 1.0) - distance) ** 2, None
    else:
        each = F.gaussian_nll_loss(
            v["means"], t, v["variances"], full=o.get("full", False), reduction="none")
    if each.ndim > 1 and not o.get("per_element", False):
        each = each.mean(-1)
    return each, counts


def make_ctc(family):
    import torch
    import torch.nn.functional as F

    def case(name, reduction, shape, targets, target_lengths, lengths, weighted=False, **options):
        generator = family.generator(name)
        blank = options.get("blank", 0)
        logits = torch.tensor(numbers(generator, shape, 1.5), requires_grad=True)
        constants = {
            "targets": np.int32(targets), "target_lengths": np.int32(target_lengths),
            "prediction_lengths": np.int32(lengths),
        }
        losses = F.ctc_loss(
            logits.log_softmax(-1).transpose(0, 1), torch.tensor(targets),
            torch.tensor(lengths), torch.tensor(target_lengths), blank=blank, reduction="none",
            zero_infinity=options.get("infinite_as_zero", False),
        )
        if options.get("per_label", False):
            losses = losses / torch.tensor(target_lengths).clamp(min=1)
        finish(
            family, name, {**options, "loss": "ctc"}, {"predictions": logits}, constants, losses,
            None, reduction, weighted, generator,
        )

    case("ctc_basic", "none", (2, 6, 4), [[1, 2, 3], [2, 2, 1]], [3, 3], [6, 6])
    case("ctc_lengths", "mean", (3, 6, 4), [[1, 2, 3], [2, 2, 1], [3, 1, 1]], [3, 2, 1], [6, 5, 1])
    case("ctc_per_label", "mean", (2, 5, 3), [[1, 2], [2, 2]], [2, 1], [5, 4], per_label=True)
    case("ctc_blank_last", "sum", (2, 5, 3), [[0, 1], [1, 1]], [2, 2], [5, 5], blank=2,
         weighted=True)
    case("ctc_empty_target", "none", (2, 4, 3), [[1, 2], [1, 2]], [0, 2], [4, 4])
    case("ctc_impossible", "none", (3, 4, 3), [[1, 1, 1], [1, 2, 1], [2, 1, 2]], [3, 3, 3],
         [4, 4, 2], infinite_as_zero=True)
    case("ctc_one_step", "weighted_mean", (2, 1, 4), [[3], [2]], [1, 1], [1, 1], weighted=True)


# ---------------------------------------------------------------------------
# The same in NumPy
# ---------------------------------------------------------------------------


def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def norm(x):
    return np.sqrt((x * x).sum(axis=-1))


def ctc_by_paths(options, v):
    """Adds up the probabilities of all paths whose reading is the target."""
    logs = log_softmax(v["predictions"])
    blank = options.get("blank", 0)
    losses = []
    for sample in range(logs.shape[0]):
        steps, count = v["prediction_lengths"][sample], v["target_lengths"][sample]
        goal = tuple(v["targets"][sample][:count])
        total = 0.0
        for path in itertools.product(range(logs.shape[2]), repeat=int(steps)):
            kept = [c for i, c in enumerate(path) if i == 0 or path[i - 1] != c]
            if tuple(c for c in kept if c != blank) == goal:
                total += np.exp(sum(logs[sample, i, c] for i, c in enumerate(path)))
        loss = np.inf if total == 0 else -np.log(total)
        if np.isinf(loss) and options.get("infinite_as_zero", False):
            loss = 0.0
        losses.append(loss / max(count, 1) if options.get("per_label", False) else loss)
    return np.array(losses), None


def plain_losses(options, v):
    loss, o = options["loss"], options
    t, p = v.get("targets"), v.get("predictions")
    if loss == "ctc":
        return ctc_by_paths(options, v)
    s = o.get("label_smoothing", 0.0)
    if loss in ("binary_cross_entropy", "binary_cross_entropy_logits", "minimax"):
        q = 1 / (1 + np.exp(-p)) if loss.endswith("logits") else p
        t = t * (1 - s) + s / 2
        each = -(o.get("positive_weight", 1.0) * t * np.log(q)
                 + o.get("negative_weight", 1.0) * (1 - t) * np.log(1 - q))
        each = -each if loss == "minimax" else each
    elif loss in (
        "categorical_cross_entropy", "categorical_cross_entropy_logits",
        "sparse_cross_entropy_logits", "negative_log_likelihood", "categorical_focal",
        "categorical_focal_logits",
    ):
        logs = np.log(p) if loss in ("categorical_cross_entropy", "categorical_focal") else p
        if loss.endswith("logits"):
            logs = log_softmax(p)
        if "focal" in loss:
            logs = logs * (1 - np.exp(logs)) ** o.get("focus", 2.0)
        classes = p.shape[-1]
        if t.dtype == np.int32:
            t = np.eye(classes)[t]
        w = v.get("class_weights", np.ones(classes))
        return (
            -((t * (1 - s) + s / classes) * w * logs).sum(-1),
            (t * w).sum(-1) if "class_weights" in v else None,
        )
    elif loss == "categorical_hinge":
        return np.maximum(0, 1 + ((1 - t) * p).max(-1) - (t * p).sum(-1)), None
    elif loss == "hinge":
        each = np.maximum(0, 1 - t * p)
    elif loss == "squared_hinge":
        each = np.maximum(0, 1 - t * p) ** 2
    elif loss == "mean_squared_logarithmic_error":
        each = (np.log(1 + p) - np.log(1 + t)) ** 2
    elif loss == "mean_absolute_percentage_error":
        each = 100 * np.abs(p - t) / np.abs(t)
    elif loss == "soft_margin":
        each = np.log(1 + np.exp(-t * p))
    elif loss.startswith("kl_divergence"):
        logs = np.log(p) if loss == "kl_divergence" else p
        own = t if loss.endswith("both_logarithms") else np.log(t)
        return (np.exp(own) * (own - logs)).sum(-1), None
    elif loss == "log_cosh":
        each = np.log(np.cosh(p - t))
    elif loss == "mean_absolute_error":
        each = np.abs(p - t)
    elif loss == "mean_squared_error":
        each = (p - t) ** 2
    elif loss == "huber":
        d, delta = np.abs(p - t), o.get("delta", 1.0)
        each = np.where(d <= delta, d * d / 2, delta * d - delta * delta / 2)
    elif loss == "poisson":
        each = p - t * np.log(p)
    elif loss == "poisson_logarithms":
        each = np.exp(p) - t * p
    elif loss == "pinball":
        q = o.get("quantile", 0.5)
        each = np.maximum(q * (t - p), (q - 1) * (t - p))
    elif loss == "wasserstein":
        each = t * p
    elif loss in ("focal", "focal_logits"):
        q = 1 / (1 + np.exp(-p)) if loss == "focal_logits" else p
        focus, balance = o.get("focus", 2.0), o.get("balance")
        yes, no = (1, 1) if balance is None else (balance, 1 - balance)
        each = -yes * t * (1 - q) ** focus * np.log(q) - no * (1 - t) * q**focus * np.log(1 - q)
    elif loss in ("dice", "tversky"):
        t, p = t.reshape(t.shape[0], -1), p.reshape(p.shape[0], -1)
        both, excess, lack = (t * p).sum(-1), ((1 - t) * p).sum(-1), (t * (1 - p)).sum(-1)
        if loss == "dice":
            e = o.get("smoothing", 1e-5)
            return 1 - (2 * both + e) / (t.sum(-1) + p.sum(-1) + e), None
        wrong = o.get("excess_weight", 0.5) * excess + o.get("lack_weight", 0.5) * lack
        return 1 - (both + 1e-5) / (both + wrong + 1e-5), None
    elif loss == "cosine_similarity":
        return -(t * p).sum(-1) / (norm(t) * norm(p)), None
    elif loss == "cosine_embedding":
        a, b = v["first"], v["second"]
        c = (a * b).sum(-1) / (norm(a) * norm(b))
        return np.where(t > 0, 1 - c, np.maximum(0, c - o.get("margin", 0.0))), None
    elif loss == "margin_ranking":
        return np.maximum(0, o.get("margin", 0.0) - t * (v["first"] - v["second"])), None
    elif loss == "triplet_margin":
        far = norm(v["anchors"] - v["negatives"])
        if o.get("swapping", False):
            far = np.minimum(far, norm(v["positives"] - v["negatives"]))
        near = norm(v["anchors"] - v["positives"])
        return np.maximum(0, near - far + o.get("margin", 1.0)), None
    elif loss == "contrastive":
        d = norm(v["first"] - v["second"])
        return t * d * d + (1 - t) * np.maximum(0, o.get("margin", 1.0) - d) ** 2, None
    else:
        m, variance = v["means"], v["variances"]
        each = (np.log(variance) + (t - m) ** 2 / variance) / 2
        each = each + np.log(2 * np.pi) / 2 if o.get("full", False) else each
    if each.ndim > 1 and not o.get("per_element", False):
        each = each.mean(-1)
    return each, None


def check_losses(case, options, tensors):
    def function(values):
        losses, counts = plain_losses(options, values)
        weights = values.get("weights", np.ones(losses.shape))
        if options["reduction"] == "none":
            return (losses * weights), (losses * weights * tensors["cotangent"]).sum()
        total = (losses * weights).sum()
        if options["reduction"] == "mean":
            total = total / losses.size
        elif options["reduction"] == "weighted_mean":
            total = total / (weights if counts is None else weights * counts).sum()
        return total, total

    np.testing.assert_allclose(
        tensors["output"], function(tensors)[0], rtol=1e-10, atol=1e-12, err_msg=case
    )
    generator = np.random.default_rng(1)
    step = 1e-6
    for name in options["inputs"]:
        direction = generator.standard_normal(tensors[name].shape)
        ends = [
            function({**tensors, name: tensors[name] + sign * step * direction})[1]
            for sign in (1, -1)
        ]
        np.testing.assert_allclose(
            (tensors[f"{name}_gradient"] * direction).sum(), (ends[0] - ends[1]) / (2 * step),
            rtol=1e-6, atol=1e-7, err_msg=f"{case}/{name}_gradient",
        )
