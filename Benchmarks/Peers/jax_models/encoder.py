"""A Transformer encoder."""
from jax import nn

from .layers import attention, dense, layer_norm

LAYERS, HEADS = 6, 12


def encoder(m, x):
    """Layers of attention over tokens that see each other, normalized after each addition."""
    for i in range(LAYERS):
        path = f"layer_{i}"
        y = attention(m, f"{path}/multi_head_attention_0", x, HEADS)
        x = layer_norm(m, f"{path}/layer_norm_0", x + y)
        y = nn.gelu(dense(m, f"{path}/dense_0", x), approximate=False)
        x = layer_norm(m, f"{path}/layer_norm_1", x + dense(m, f"{path}/dense_1", y))
    return x
