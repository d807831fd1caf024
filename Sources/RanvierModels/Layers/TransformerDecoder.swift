extension Model {
  /// Transformer blocks on top of each other, in which a sequence attends to itself and what was
  /// before, then to a memory.
  ///
  /// A block is `y = x + attention(norm(x))`, `z = y + attention(norm(y), memory)`, then
  /// `z + feedForward(norm(z))`; with `normalizesFirst: false` each sum is normalized instead. A
  /// memory from blocks that normalize first wants a norm behind the last one. Without a memory,
  /// these are the blocks of `transformerEncoder` with `isCausal`.
  ///
  ///     let memory = source.transformerEncoder(block, layers: 6).layerNorm()
  ///     let text = target.transformerDecoder(block, to: memory, layers: 6).layerNorm()
  ///
  /// Layers lie in a scope for each block, `transformer_decoder_0/attention`, or under the name:
  /// `decoder`, and `decoder_0`, `decoder_1` of several.
  ///
  /// - Shapes: input `[batch, tokens, features]`, memory `[batch, keys, memory features]`, output as
  ///   input.
  /// - Parameters:
  ///   - block: The options of each block. Its positions are for the sequence's attention to itself.
  ///   - memory: What is attended to besides the sequence.
  ///   - layers: The number of blocks.
  ///   - mask: Which tokens are attended to, `[batch, tokens]` or `[batch, tokens, tokens]`, besides
  ///     causality.
  ///   - memoryMask: Which places of the memory are attended to, `[batch, keys]` or
  ///     `[batch, tokens, keys]`.
  /// - Parameters of the layers: those of `attention_norm`, `attention`, `memory_attention_norm`,
  ///   `memory_attention`, `feed_forward_norm` and `feed_forward`.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762.
  public func transformerDecoder(
    _ block: TransformerBlock, to memory: Model, layers: Int = 1, mask: Model? = nil,
    memoryMask: Model? = nil, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    let parts = TransformerLayers(block: block, file: file, line: line)
    return parts.stacked("transformer_decoder", layers, on: self, name: name) {
      let x = parts.attention($0, mask: mask, isCausal: true)
      return parts.feedForward(parts.attention(x, to: memory, mask: memoryMask))
    }
  }
}
