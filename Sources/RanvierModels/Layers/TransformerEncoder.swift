extension Model {
  /// Transformer blocks on top of each other, in which a sequence attends to itself.
  ///
  /// A block is `y = x + attention(norm(x))`, then `y + feedForward(norm(y))`; with
  /// `normalizesFirst: false` it is `y = norm(x + attention(x))`, then `norm(y + feedForward(y))`.
  /// With `isCausal` these are the blocks of a language model. Blocks that normalize first want a
  /// norm behind the last one.
  ///
  ///     x.transformerEncoder(TransformerBlock(heads: 8, hidden: 2048), layers: 6).layerNorm()
  ///
  /// Layers lie in a scope for each block, `transformer_encoder_0/attention`, or under the name:
  /// `encoder`, and `encoder_0`, `encoder_1` of several.
  ///
  /// - Shapes: input `[batch, tokens, features]`, output as input.
  /// - Parameters:
  ///   - block: The options of each block.
  ///   - layers: The number of blocks.
  ///   - mask: Which tokens are attended to, `[batch, tokens]` or `[batch, tokens, tokens]`, as for
  ///     attention.
  ///   - isCausal: Whether a token attends to itself and those before it only.
  /// - Parameters of the layers: those of `attention_norm`, `attention`, `feed_forward_norm` and
  ///   `feed_forward`.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762; norms first: Xiong et al. 2020,
  ///   arXiv:2002.04745.
  public func transformerEncoder(
    _ block: TransformerBlock, layers: Int = 1, mask: Model? = nil, isCausal: Bool = false,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    let parts = TransformerLayers(block: block, file: file, line: line)
    return parts.stacked("transformer_encoder", layers, on: self, name: name) {
      parts.feedForward(parts.attention($0, mask: mask, isCausal: isCausal))
    }
  }
}
