"""Golden values of the metrics: what scikit-learn gives, or the definition where it has none.

`make_metrics` computes in float64 with scikit-learn. `check_metrics` computes once more in plain
NumPy from the definitions, by counting pairs, cells and ranks. Inputs are float32 numbers stored as
float64, or integers; nothing is rounded.
"""

import numpy as np


def rounded(values):
    """Numbers that float32 has, as float64."""
    return np.asarray(values, np.float32).astype(np.float64)


# Configurations of each kind of data: shape, whether there are weights, and what is special.
# "ties" rounds scores coarsely, "absent" leaves a class out of the targets.
BINARY = [((13,), False, ""), ((37,), True, "ties"), ((25, 1), True, ""), ((40,), False, "ties")]
CLASSES = [
    ((11, 3), False, ""), ((29, 5), True, "absent"), ((24, 4), True, "ties"),
    ((31, 7), False, "absent"),
]
LABELS = [((9, 3), False, ""), ((21, 4), True, "ties"), ((17, 2), True, "")]
VALUES = [
    ((13,), False, ""), ((11, 3), True, ""), ((1, 5), False, ""), ((23,), True, "offset"),
    ((8, 2), True, ""),
]

AVERAGES = ("micro", "macro", "weighted", "none")


def binary_data(generator, shape, special):
    targets = generator.integers(0, 2, shape)
    targets.flat[0], targets.flat[1] = 0, 1
    scores = np.clip(0.3 * targets + generator.uniform(0.05, 0.65, shape), 0.01, 0.99)
    if special == "ties":
        scores = np.round(scores * 8) / 8 * 0.96 + 0.02
    return targets.astype(np.int32), rounded(scores)


def class_data(generator, shape, special):
    rows, classes = shape
    names = generator.permutation(np.arange(rows) % classes)
    if special == "absent":
        names[names == classes - 2] = 0
    scores = generator.dirichlet(np.full(classes, 0.7), rows)
    scores[np.arange(rows), names] += 0.25
    if special == "absent":
        # A class that is neither true nor predicted.
        scores[:, classes - 2] *= 0.01
    if special == "ties":
        scores = np.round(scores * 6 + 0.5)
    scores = np.maximum(scores, 1e-3)
    return names.astype(np.int32), rounded(scores / scores.sum(-1, keepdims=True))


def label_data(generator, shape, special):
    targets = generator.integers(0, 2, shape)
    targets[0], targets[1] = 0, 1
    scores = np.clip(0.3 * targets + generator.uniform(0.05, 0.65, shape), 0.01, 0.99)
    if special == "ties":
        scores = np.round(scores * 8) / 8 * 0.96 + 0.02
    return targets.astype(np.int32), rounded(scores)


def value_data(generator, shape, special):
    offset = 1000.0 if special == "offset" else 2.0
    targets = rounded(offset + generator.uniform(-1, 1, shape))
    return targets, rounded(targets + 0.4 * generator.standard_normal(shape))


def make_metrics(family):
    for kind, configurations, data in (
        ("binary", BINARY, binary_data), ("classes", CLASSES, class_data),
        ("labels", LABELS, label_data), ("values", VALUES, value_data),
    ):
        for number, (shape, weighted, special) in enumerate(configurations):
            case = f"{kind}_{number}"
            generator = family.generator(case)
            targets, predictions = data(generator, shape, special)
            weights = None
            if weighted:
                weights = rounded(generator.uniform(0.2, 3, shape[:1]))
                weights[2] = 0
            expected = VALUES_OF[kind](targets, predictions, weights)
            family.add(
                case, {"kind": kind, "metrics": sorted(expected)}, targets=targets,
                predictions=predictions, weights=weights,
                **{f"expected_{name}": np.float64(value) for name, value in expected.items()},
            )


def sklearn_counts(targets, decisions, weights, result, **options):
    """Precision and the like in each average."""
    import sklearn.metrics as sk

    for average in AVERAGES:
        mean = None if average == "none" else average
        o = dict(average=mean, sample_weight=weights, zero_division=0, **options)
        result[f"precision_{average}"] = sk.precision_score(targets, decisions, **o)
        result[f"recall_{average}"] = sk.recall_score(targets, decisions, **o)
        result[f"f1_{average}"] = sk.f1_score(targets, decisions, **o)
        result[f"f2_{average}"] = sk.fbeta_score(targets, decisions, beta=2, **o)
        result[f"intersection_over_union_{average}"] = sk.jaccard_score(targets, decisions, **o)


def matrix_values(targets, decisions, weights, classes, result):
    import sklearn.metrics as sk

    labels = np.arange(classes)
    o = dict(sample_weight=weights)
    result["confusion_matrix"] = sk.confusion_matrix(targets, decisions, labels=labels, **o)
    result["matthews_correlation"] = sk.matthews_corrcoef(targets, decisions, **o)
    result["balanced_accuracy"] = sk.balanced_accuracy_score(targets, decisions, **o)
    result["accuracy"] = sk.accuracy_score(targets, decisions, **o)
    for name, weighting in (("equal", None), ("linear", "linear"), ("quadratic", "quadratic")):
        result[f"cohen_kappa_{name}"] = sk.cohen_kappa_score(
            targets, decisions, labels=labels, weights=weighting, **o)


def binary_values(targets, predictions, weights):
    import sklearn.metrics as sk

    t, p = targets.reshape(-1), predictions.reshape(-1)
    yes = (p > 0.5).astype(int)
    o = dict(sample_weight=weights)
    result = {}
    for name, function in (
        ("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score),
        ("intersection_over_union", sk.jaccard_score),
    ):
        result[f"{name}_macro"] = function(t, yes, zero_division=0, **o)
    result["f2_macro"] = sk.fbeta_score(t, yes, beta=2, zero_division=0, **o)
    result["specificity_macro"] = sk.recall_score(t, yes, pos_label=0, zero_division=0, **o)
    matrix = sk.confusion_matrix(t, yes, **o)
    for name, value in zip(
        ("true_negatives", "false_positives", "false_negatives", "true_positives"), matrix.ravel()
    ):
        result[name] = value
    matrix_values(t, yes, weights, 2, result)
    result["area_under_roc_macro"] = sk.roc_auc_score(t, p, **o)
    result["average_precision_macro"] = sk.average_precision_score(t, p, **o)
    coarse = np.floor(p * 20)
    result["area_under_roc_thresholds"] = sk.roc_auc_score(t, coarse, **o)
    result["average_precision_thresholds"] = sk.average_precision_score(t, coarse, **o)
    result["log_loss"] = sk.log_loss(t, p, **o)
    return result


def class_values(targets, predictions, weights):
    import sklearn.metrics as sk

    classes = predictions.shape[-1]
    t, chosen = targets, predictions.argmax(-1)
    o = dict(sample_weight=weights)
    result = {}
    sklearn_counts(t, chosen, weights, result)
    for name, function in (("precision", sk.precision_score), ("recall", sk.recall_score)):
        # Every class has a place, those that are absent too.
        result[f"{name}_none"] = function(
            t, chosen, labels=np.arange(classes), average=None, zero_division=0, **o)
    for name, beta in (("f1", 1), ("f2", 2)):
        result[f"{name}_none"] = sk.fbeta_score(
            t, chosen, beta=beta, labels=np.arange(classes), average=None, zero_division=0, **o)
    result["intersection_over_union_none"] = sk.jaccard_score(
        t, chosen, labels=np.arange(classes), average=None, zero_division=0, **o)
    matrix_values(t, chosen, weights, classes, result)
    cells = sk.multilabel_confusion_matrix(t, chosen, labels=np.arange(classes), **o)
    result["specificity_none"] = cells[:, 0, 0] / (cells[:, 0, 0] + cells[:, 0, 1])
    result["true_negatives_each"] = cells[:, 0, 0]
    result["false_positives_each"] = cells[:, 0, 1]
    result["false_negatives_each"] = cells[:, 1, 0]
    result["true_positives_each"] = cells[:, 1, 1]
    # Ties are resolved otherwise by scikit-learn, the first class last.
    shuffled = predictions - 1e-9 * np.arange(classes)
    for k in (1, 2, 3):
        result[f"top_{k}_accuracy"] = sk.top_k_accuracy_score(
            t, shuffled, k=k, labels=np.arange(classes), **o) if classes > 2 else 1.0
    result["log_loss"] = sk.log_loss(t, predictions, labels=np.arange(classes), **o)
    result["perplexity"] = np.exp(result["log_loss"])
    one_hot = np.eye(classes, dtype=int)[t]
    used = np.ones(len(t)) if weights is None else weights
    if all(used[t == c].sum() > 0 for c in range(classes)):
        for average in AVERAGES:
            mean = None if average == "none" else average
            result[f"area_under_roc_{average}"] = sk.roc_auc_score(
                one_hot, predictions, average=mean, **o)
            result[f"average_precision_{average}"] = sk.average_precision_score(
                one_hot, predictions, average=mean, **o)
    return result


def label_values(targets, predictions, weights):
    import sklearn.metrics as sk

    yes = (predictions > 0.5).astype(int)
    o = dict(sample_weight=weights)
    result = {}
    sklearn_counts(targets, yes, weights, result)
    for average in AVERAGES:
        mean = None if average == "none" else average
        result[f"area_under_roc_{average}"] = sk.roc_auc_score(
            targets, predictions, average=mean, **o)
        result[f"average_precision_{average}"] = sk.average_precision_score(
            targets, predictions, average=mean, **o)
    result["exact_match"] = sk.accuracy_score(targets, yes, **o)
    each = [sk.accuracy_score(targets[:, i], yes[:, i], **o) for i in range(targets.shape[1])]
    result["label_accuracy_none"] = each
    result["label_accuracy_micro"] = np.mean(each)
    result["log_loss_labels"] = np.mean(
        [sk.log_loss(targets[:, i], predictions[:, i], **o) for i in range(targets.shape[1])])
    return result


def value_values(targets, predictions, weights):
    import sklearn.metrics as sk

    o = dict(sample_weight=weights)
    result = {
        "mean_absolute_error": sk.mean_absolute_error(targets, predictions, **o),
        "mean_squared_error": sk.mean_squared_error(targets, predictions, **o),
        "root_mean_squared_error": np.sqrt(sk.mean_squared_error(targets, predictions, **o)),
        "mean_absolute_percentage_error":
            100 * sk.mean_absolute_percentage_error(targets, predictions, **o),
    }
    if predictions.min() > -1:
        result["mean_squared_logarithmic_error"] = sk.mean_squared_log_error(
            targets, np.maximum(predictions, 0), **o)
    if targets.ndim == 2:
        from sklearn.metrics.pairwise import cosine_similarity

        cosines = np.diag(cosine_similarity(targets, predictions))
        result["cosine_similarity"] = np.average(cosines, weights=weights)
    if len(targets) > 1:
        result["r2_macro"] = sk.r2_score(targets, predictions, **o)
        raw = sk.r2_score(targets, predictions, multioutput="raw_values", **o)
        result["r2_none"] = raw
        result["r2_weighted"] = sk.r2_score(
            targets, predictions, multioutput="variance_weighted", **o)
        flat = None if weights is None else np.repeat(weights, targets.size // len(targets))
        result["r2_micro"] = sk.r2_score(
            targets.reshape(-1), predictions.reshape(-1), sample_weight=flat)
    return result


VALUES_OF = {
    "binary": binary_values, "classes": class_values, "labels": label_values,
    "values": value_values,
}


# ---------------------------------------------------------------------------
# The definitions once more
# ---------------------------------------------------------------------------

def check_metrics(case, options, tensors):
    targets, predictions = tensors["targets"], tensors["predictions"]
    weights = tensors.get("weights", np.ones(len(targets)))
    kind = options["kind"]
    for name in options["metrics"]:
        expected = tensors[f"expected_{name}"]
        actual = definition(kind, name, targets, predictions, weights)
        np.testing.assert_allclose(
            actual, expected, rtol=1e-10, atol=1e-12, err_msg=f"{case} {name}")


def definition(kind, name, targets, predictions, weights):
    if kind == "values":
        return value_definition(name, targets, predictions, weights)
    base, _, last = name.rpartition("_")
    if kind == "binary":
        targets, predictions = targets.reshape(-1, 1), predictions.reshape(-1, 1)
    if kind == "classes":
        classes = predictions.shape[-1]
        chosen = predictions.argmax(-1)
        truths, yes = np.eye(classes)[targets], np.eye(classes)[chosen]
    else:
        truths, yes = targets.astype(float), (predictions > 0.5).astype(float)
    if base in ("area_under_roc", "average_precision"):
        return area(base, last, truths, predictions, weights)
    w = weights[:, None]
    counts = {
        "true_positives": (w * truths * yes).sum(0),
        "false_positives": (w * (1 - truths) * yes).sum(0),
        "false_negatives": (w * truths * (1 - yes)).sum(0),
        "true_negatives": (w * (1 - truths) * (1 - yes)).sum(0),
    }
    if name in counts:
        return counts[name].sum()
    if name.endswith("_each"):
        return counts[base]
    terms = quotient_terms(base, counts if last != "micro" else
                           {key: value.sum(keepdims=True) for key, value in counts.items()})
    if terms:
        above, below = terms
        each = np.divide(above, below, out=np.zeros_like(above), where=below != 0)
        support = counts["true_positives"] + counts["false_negatives"]
        if last == "weighted":
            return (each * support).sum() / support.sum()
        if last == "macro" and kind == "classes":
            return each[support + counts["false_positives"] > 0].mean()
        return each if last == "none" else each.mean()
    if name == "exact_match":
        return np.average((truths == yes).all(1), weights=weights)
    if name.startswith("log_loss") or name == "perplexity":
        if kind == "classes":
            losses = -np.log(predictions[np.arange(len(targets)), targets])
        else:
            losses = -np.log(np.where(truths > 0, predictions, 1 - predictions)).mean(1)
        mean = np.average(losses, weights=weights)
        return np.exp(mean) if name == "perplexity" else mean
    if kind == "binary":
        actual, chosen, classes = truths[:, 0].astype(int), yes[:, 0].astype(int), 2
    else:
        actual = targets
    if name.startswith("top_"):
        # The first of equals comes first.
        order = np.argsort(-predictions, axis=-1, kind="stable")[:, : int(name[4])]
        return np.average((order == actual[:, None]).any(1), weights=weights)
    return matrix_definition(name, actual, chosen, classes, weights)


def quotient_terms(base, c):
    tp, fp, fn, tn = (c[f"{k}s"] for k in (
        "true_positive", "false_positive", "false_negative", "true_negative"))
    return {
        "precision": (tp, tp + fp), "recall": (tp, tp + fn), "specificity": (tn, tn + fp),
        "f1": (2 * tp, 2 * tp + fp + fn), "f2": (5 * tp, 5 * tp + fp + 4 * fn),
        "intersection_over_union": (tp, tp + fp + fn),
        "label_accuracy": (tp + tn, tp + tn + fp + fn),
    }.get(base)


def matrix_definition(name, actual, chosen, classes, weights):
    matrix = np.zeros((classes, classes))
    for t, p, w in zip(actual, chosen, weights):
        matrix[t, p] += w
    rows, columns, total = matrix.sum(1), matrix.sum(0), matrix.sum()
    if name == "confusion_matrix":
        return matrix
    if name == "accuracy":
        return np.trace(matrix) / total
    if name == "balanced_accuracy":
        used = rows > 0
        return (np.diag(matrix)[used] / rows[used]).mean()
    if name == "matthews_correlation":
        both = np.trace(matrix) * total - rows @ columns
        return both / np.sqrt(total**2 - rows @ rows) / np.sqrt(total**2 - columns @ columns)
    distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
    costs = {"equal": distance > 0, "linear": distance, "quadratic": distance**2}[
        name.removeprefix("cohen_kappa_")]
    return 1 - (costs * matrix).sum() / (costs * np.outer(rows, columns) / total).sum()


def area(base, average, truths, scores, weights):
    if average == "thresholds":
        scores, average = np.floor(scores * 20), "macro"
    if average == "micro":
        weights = np.repeat(weights, truths.shape[1])
        truths, scores = truths.reshape(-1, 1), scores.reshape(-1, 1)
    each = []
    for t, s in zip(truths.T, scores.T):
        positive, negative = weights * t, weights * (1 - t)
        if base == "area_under_roc":
            wins = (s[:, None] > s) + 0.5 * (s[:, None] == s)
            each.append(positive @ wins @ negative / positive.sum() / negative.sum())
        else:
            above = s >= s[:, None]
            hits = above @ positive
            with np.errstate(invalid="ignore"):
                precision = np.where(positive > 0, hits / (hits + above @ negative), 0)
            each.append(positive @ precision / positive.sum())
    if average == "none":
        return each
    support = (weights[:, None] * truths).sum(0)
    return np.average(each, weights=support if average == "weighted" else None)


def value_definition(name, targets, predictions, weights):
    t, p = targets.reshape(len(targets), -1), predictions.reshape(len(targets), -1)
    w = np.broadcast_to(weights[:, None], t.shape)
    if name == "cosine_similarity":
        cosines = (t * p).sum(1) / np.sqrt((t * t).sum(1)) / np.sqrt((p * p).sum(1))
        return np.average(cosines, weights=weights)
    if name.startswith("r2"):
        if name == "r2_micro":
            t, p, w = t.reshape(-1, 1), p.reshape(-1, 1), w.reshape(-1, 1)
        spread = (w * (t - (w * t).sum(0) / w.sum(0)) ** 2).sum(0)
        shares = 1 - (w * (t - p) ** 2).sum(0) / spread
        if name == "r2_none":
            return shares
        return np.average(shares, weights=spread if name == "r2_weighted" else None)
    each = {
        "mean_absolute_error": np.abs(t - p), "mean_squared_error": (t - p) ** 2,
        "root_mean_squared_error": (t - p) ** 2,
        "mean_absolute_percentage_error": 100 * np.abs((t - p) / t),
        "mean_squared_logarithmic_error": (np.log1p(t) - np.log1p(np.maximum(p, 0))) ** 2,
    }[name]
    mean = np.average(each, weights=w)
    return np.sqrt(mean) if name == "root_mean_squared_error" else mean
