"""A Transformer encoder."""
from torch import nn

from .layers import Attention, dense, layer_norm

LAYERS, HEADS = 6, 12


class Layer(nn.Module):
    """Attention and a perceptron, each added to its input and normalized after that."""

    def __init__(self, tensors, path):
        super().__init__()
        self.attention = Attention(tensors, f"{path}/multi_head_attention_0", HEADS)
        self.first_norm = layer_norm(tensors, f"{path}/layer_norm_0")
        self.perceptron = nn.Sequential(
            dense(tensors, f"{path}/dense_0"), nn.GELU(), dense(tensors, f"{path}/dense_1"))
        self.second_norm = layer_norm(tensors, f"{path}/layer_norm_1")

    def forward(self, x):
        x = self.first_norm(x + self.attention(x))
        return self.second_norm(x + self.perceptron(x))


def encoder(tensors):
    """Layers of attention over tokens that see each other."""
    return nn.Sequential(*[Layer(tensors, f"layer_{i}") for i in range(LAYERS)])
