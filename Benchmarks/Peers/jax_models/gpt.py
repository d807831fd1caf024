"""A small language model."""
from jax import nn

from .layers import attention, dense, layer_norm

LAYERS, HEADS = 4, 4


def gpt(m, tokens):
    """Layers of attention over the tokens so far, and scores of the next."""
    x = m["embedding_0/kernel"][tokens] + m["position_embedding_0/kernel"][: tokens.shape[1]]
    for i in range(LAYERS):
        path = f"layer_{i}"
        y = layer_norm(m, f"{path}/layer_norm_0", x)
        x = x + attention(m, f"{path}/multi_head_attention_0", y, HEADS, is_causal=True)
        y = dense(m, f"{path}/dense_0", layer_norm(m, f"{path}/layer_norm_1", x))
        x = x + dense(m, f"{path}/dense_1", nn.gelu(y, approximate=False))
    return dense(m, "dense_0", layer_norm(m, "layer_norm_0", x))
