"""Losses: PyTorch's own where it has them, and otherwise what its users write."""
import math

import torch
from torch.nn import functional

from torch_functions import Row


def cross_entropy_of_probabilities(targets, predictions):
    return -(targets * predictions.log()).sum(-1).mean()


def categorical_focal(targets, predictions):
    return -(targets * (1 - predictions) ** 2 * predictions.log()).sum(-1).mean()


def categorical_hinge(targets, predictions):
    largest = ((1 - targets) * predictions).amax(-1)
    return functional.relu(1 + largest - (targets * predictions).sum(-1)).mean()


def dice(targets, predictions):
    both = (targets * predictions).sum(1)
    return (1 - (2 * both + 1e-5) / (targets.sum(1) + predictions.sum(1) + 1e-5)).mean()


def tversky(targets, predictions):
    both = (targets * predictions).sum(1) + 1e-5
    excess = ((1 - targets) * predictions).sum(1)
    lack = (targets * (1 - predictions)).sum(1)
    return (1 - both / (both + 0.5 * excess + 0.5 * lack)).mean()


def focal(targets, predictions):
    yes = targets * (1 - predictions) ** 2 * predictions.log()
    no = (1 - targets) * predictions ** 2 * torch.log1p(-predictions)
    return -(yes + no).mean()


def focal_from_logits(targets, predictions):
    p = torch.sigmoid(predictions)
    yes = targets * (1 - p) ** 2 * functional.logsigmoid(predictions)
    no = (1 - targets) * p ** 2 * functional.logsigmoid(-predictions)
    return -(yes + no).mean()


def log_cosh(targets, predictions):
    difference = predictions - targets
    return (difference + functional.softplus(-2 * difference) - math.log(2)).mean()


def pinball(targets, predictions):
    difference = targets - predictions
    return torch.maximum(0.5 * difference, -0.5 * difference).mean()


def contrastive(targets, first, second):
    distance = functional.pairwise_distance(first, second, eps=0)
    apart = functional.relu(1 - distance) ** 2
    return (targets * distance ** 2 + (1 - targets) * apart).mean()


def connectionist_temporal_classification(targets, predictions):
    batch, steps, _ = predictions.shape
    return functional.ctc_loss(
        predictions.log_softmax(-1).transpose(0, 1), targets,
        torch.full([batch], steps), torch.full([batch], targets.shape[1]),
        reduction="none").mean()


def elastic_penalty(w):
    return 0.5 * w.abs().sum() + 0.5 * w.square().sum()


FUNCTIONS = {
    "binary_cross_entropy": lambda targets, predictions: functional.binary_cross_entropy(
        predictions, targets),
    "binary_cross_entropy_from_logits": lambda targets, predictions:
        functional.binary_cross_entropy_with_logits(predictions, targets),
    "categorical_cross_entropy": cross_entropy_of_probabilities,
    "categorical_cross_entropy_from_logits": lambda targets, predictions:
        functional.cross_entropy(predictions, targets),
    "sparse_cross_entropy": lambda targets, predictions: functional.cross_entropy(
        predictions, targets),
    "categorical_focal": categorical_focal,
    "categorical_hinge": categorical_hinge,
    "cosine_similarity": lambda targets, predictions:
        -functional.cosine_similarity(targets, predictions).mean(),
    "dice": dice,
    "focal": focal,
    "focal_from_logits": focal_from_logits,
    "hinge": lambda targets, predictions: functional.relu(1 - targets * predictions).mean(),
    "huber": lambda targets, predictions: functional.huber_loss(predictions, targets),
    "kl_divergence": lambda targets, predictions: functional.kl_div(
        predictions.log(), targets, reduction="batchmean"),
    "kl_divergence_from_logarithms": lambda targets, predictions: functional.kl_div(
        predictions, targets, reduction="batchmean"),
    "log_cosh": log_cosh,
    "mean_absolute_error": lambda targets, predictions: functional.l1_loss(predictions, targets),
    "mean_absolute_percentage_error": lambda targets, predictions:
        100 * ((predictions - targets) / targets).abs().mean(),
    "mean_squared_error": lambda targets, predictions: functional.mse_loss(predictions, targets),
    "mean_squared_logarithmic_error": lambda targets, predictions: functional.mse_loss(
        torch.log1p(predictions), torch.log1p(targets)),
    "minimax": lambda targets, predictions: -functional.binary_cross_entropy(
        predictions, targets),
    "negative_log_likelihood": lambda targets, predictions: functional.nll_loss(
        predictions, targets),
    "pinball": pinball,
    "poisson": lambda targets, predictions: functional.poisson_nll_loss(
        predictions, targets, log_input=False, eps=0),
    "soft_margin": lambda targets, predictions: functional.soft_margin_loss(predictions, targets),
    "squared_hinge": lambda targets, predictions:
        functional.relu(1 - targets * predictions).square().mean(),
    "tversky": tversky,
    "wasserstein": lambda targets, predictions: (targets * predictions).mean(),
    "cosine_embedding": lambda targets, first, second: functional.cosine_embedding_loss(
        first, second, targets),
    "contrastive": contrastive,
    "margin_ranking": lambda targets, first, second: functional.margin_ranking_loss(
        first, second, targets),
    "triplet_margin": lambda anchors, positives, negatives: functional.triplet_margin_loss(
        anchors, positives, negatives, eps=0),
    "gaussian_negative_log_likelihood": lambda targets, means, variances:
        functional.gaussian_nll_loss(means, targets, variances),
    "connectionist_temporal_classification": connectionist_temporal_classification,
    "elastic_penalty": elastic_penalty,
}

ROWS = {name: Row(function) for name, function in FUNCTIONS.items()}
