"""A small language model."""
import torch
from torch import nn

from .layers import Attention, assign, dense, layer_norm, parameter

LAYERS, HEADS = 4, 4


class Layer(nn.Module):
    """Attention and a perceptron, each of normalized values and added to its input."""

    def __init__(self, tensors, path):
        super().__init__()
        self.first_norm = layer_norm(tensors, f"{path}/layer_norm_0")
        self.attention = Attention(tensors, f"{path}/multi_head_attention_0", HEADS, is_causal=True)
        self.second_norm = layer_norm(tensors, f"{path}/layer_norm_1")
        self.perceptron = nn.Sequential(
            dense(tensors, f"{path}/dense_0"), nn.GELU(), dense(tensors, f"{path}/dense_1"))

    def forward(self, x):
        x = x + self.attention(self.first_norm(x))
        return x + self.perceptron(self.second_norm(x))


def table(tensors, path):
    """Rows that are looked up by their numbers."""
    rows = parameter(tensors, path)
    return assign(nn.Embedding(*rows.shape), weight=rows)


class Embedding(nn.Module):
    """What tokens and their positions mean."""

    def __init__(self, tensors):
        super().__init__()
        self.tokens = table(tensors, "embedding_0/kernel")
        self.positions = table(tensors, "position_embedding_0/kernel")
        self.register_buffer("numbers", torch.arange(self.positions.num_embeddings))

    def forward(self, tokens):
        return self.tokens(tokens) + self.positions(self.numbers[: tokens.shape[1]])


def gpt(tensors):
    """Layers of attention over the tokens so far, and scores of the next."""
    return nn.Sequential(
        Embedding(tensors), *[Layer(tensors, f"layer_{i}") for i in range(LAYERS)],
        layer_norm(tensors, "layer_norm_0"), dense(tensors, "dense_0"))
