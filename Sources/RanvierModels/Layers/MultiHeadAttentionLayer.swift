public import RanvierFunctions
internal import RanvierTensors

/// Attention of several heads with its projections.
package struct MultiHeadAttentionLayer: Layer {
  package let heads: Int
  package let keyValueHeads: Int
  /// The features of a head; if not given, the input's features divided by the number of heads.
  package let headFeatures: Int?
  /// The features of the output; if not given, those of the input.
  package let outputFeatures: Int?
  package let isCausal: Bool
  package let positions: AttentionPositions?
  package let dropoutRate: Double
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer
  /// Whether keys and values come from a second input.
  package let hasMemory: Bool
  /// Whether the last input is a mask.
  package let hasMask: Bool

  package var operation: String { "multi_head_attention" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("heads", heads)]
      + (keyValueHeads == heads ? [] : [LayerOption("key-value heads", keyValueHeads)])
      + (headFeatures.map { [LayerOption("head features", $0)] } ?? [])
      + (outputFeatures.map { [LayerOption("output features", $0)] } ?? [])
      + (isCausal ? [LayerOption("causal", true)] : [])
      + (positions.map { [LayerOption("positions", $0)] } ?? [])
      + (dropoutRate == 0 ? [] : [LayerOption("dropout", dropoutRate)])
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let (x, memory) = (inputs[0], inputs[hasMemory ? 1 : 0])
    for sequence in [x, memory] {
      try sequence.checkFloatingPoint()
      guard sequence.shape.rank == 3, sequence.shape[-1] != nil else {
        throw LayerProblem(
          "sequences [batch, tokens, features] with known features", got: "\(sequence.shape)")
      }
    }
    let share = try checkedShare(x)
    guard let features = x.shape[-1], let memoryFeatures = memory.shape[-1] else {
      throw LayerProblem("known features", got: "\(x.shape) and \(memory.shape)")
    }
    if hasMask { try checkMask(inputs[inputs.count - 1], x.shape[1], memory.shape[1]) }
    let (queries, keys) = (heads * share, keyValueHeads * share)
    let outputs = outputFeatures ?? features
    let projections =
      hasMemory
      ? declarations("query_", features, queries) + declarations("key_", memoryFeatures, keys)
        + declarations("value_", memoryFeatures, keys)
      : declarations("", features, queries + 2 * keys)
    var shape = x.shape
    shape[-1] = outputs
    let type = ElementType.promoted(x.elementType, memory.elementType)
    return LayerSignature(
      shape, elementType: ElementType.promoted(type, .float32),
      parameters: projections + declarations("output_", queries, outputs))
  }

  /// The features of a head, if all options fit the input.
  private func checkedShare(_ x: LayerInput) throws(LayerProblem) -> Int {
    guard let features = x.shape[-1], heads > 0, features > 0,
      headFeatures != nil || features % heads == 0
    else {
      throw LayerProblem(
        "a number of heads that divides the features", got: "\(heads) heads of \(x.shape)",
        hint: heads > 0 ? "headFeatures gives heads another size" : "")
    }
    guard keyValueHeads > 0, heads % keyValueHeads == 0 else {
      throw LayerProblem(
        "a number of heads of keys and values that divides the number of heads",
        got: "\(keyValueHeads) of \(heads)")
    }
    let share = headFeatures ?? features / heads
    guard share > 0, outputFeatures ?? 1 > 0 else {
      throw LayerProblem(
        "at least one feature of each head and of the output",
        got: "head features \(share), output features \(outputFeatures ?? features)")
    }
    guard (0 ..< 1).contains(dropoutRate) else {
      throw LayerProblem(
        "a dropout rate in 0 ..< 1", got: "\(dropoutRate)",
        hint: "the rate is the share that is dropped")
    }
    try positions?.check(headFeatures: share, hasMemory: hasMemory)
    return share
  }

  private func declarations(
    _ prefix: String, _ inputs: Int, _ outputs: Int
  ) -> [ParameterDeclaration] {
    let kernel = ParameterDeclaration(
      prefix + "kernel", shape: [inputs, outputs], initializer: kernelInitializer)
    let bias = ParameterDeclaration(
      prefix + "bias", shape: [outputs], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  private func checkMask(
    _ mask: LayerInput, _ queries: Int?, _ keys: Int?
  ) throws(LayerProblem) {
    let expected: DynamicShape = mask.shape.rank == 2 ? [nil, keys] : [nil, queries, keys]
    let fits =
      mask.shape.rank == expected.rank
      && zip(mask.shape.sizes, expected.sizes).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    guard fits, mask.elementType == .bool || mask.elementType.isFloatingPoint else {
      throw LayerProblem(
        "a mask [batch, keys] or [batch, queries, keys] of truth values or floating-point numbers",
        got: "\(mask)", hint: "declare the input with elementType: .bool")
    }
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(projected("output_", mixed(call), call))
  }

  /// The heads' results, side by side.
  private func mixed(_ call: LayerCall) -> Tensor {
    let mask = hasMask ? call.inputs.last.map(withHeadAxis) : nil
    if positions == nil, !hasMemory {
      return RanvierFunctions.multiHeadAttention(
        projections: projected("", call.input, call), heads: heads, keyValueHeads: keyValueHeads,
        mask: mask, isCausal: isCausal, dropoutRate: dropoutRate, dropoutKey: call.key)
    }
    let parts =
      hasMemory
      ? zip(["query_", "key_", "value_"], [call.input, call.inputs[1], call.inputs[1]])
        .map { projected($0, $1, call) }
      : packedParts(projected("", call.input, call))
    let placed = positions?.placed(parts, mask, heads: heads, keyValueHeads: keyValueHeads)
    return RanvierFunctions.multiHeadAttention(
      placed?.query ?? parts[0], placed?.key ?? parts[1], parts[2], heads: heads,
      keyValueHeads: keyValueHeads, mask: placed?.mask ?? mask, isCausal: isCausal,
      dropoutRate: dropoutRate, dropoutKey: call.key)
  }

  private func projected(_ prefix: String, _ x: Tensor, _ call: LayerCall) -> Tensor {
    dense(x, call.parameters[prefix + "kernel"], useBias ? call.parameters[prefix + "bias"] : nil)
  }

  /// Queries, keys and values of one product.
  private func packedParts(_ whole: Tensor) -> [Tensor] {
    if whole.error != nil { return [whole, whole, whole] }
    let share = whole.shape[-1] / (heads + 2 * keyValueHeads)
    let sizes = [heads, keyValueHeads, keyValueHeads].map { $0 * share }
    return parts(of: whole, sizes: sizes, alongAxis: whole.rank - 1)
  }

  /// A mask `[batch, keys]` or `[batch, queries, keys]` for all heads.
  private func withHeadAxis(_ mask: Tensor) -> Tensor {
    let sizes = mask.shape.sizes
    let queries = sizes.count == 2 ? [1] : Array(sizes.dropFirst().dropLast())
    return mask.reshaped(to: Shape([sizes[0], 1] + queries + sizes.suffix(1)))
  }
}

extension Model {
  /// Attention of several heads, with projections of queries, keys, values and of the result.
  ///
  /// Without `memory` a sequence attends to itself, and one product gives queries, keys and values,
  /// in this order. With it, queries come from this model, keys and values from the memory.
  ///
  /// - Shapes: input `[batch, tokens, features]`, memory `[batch, keys, memory features]`, output
  ///   `[batch, tokens, output features]`.
  /// - Parameters:
  ///   - heads: The number of heads, which divides the features unless `headFeatures` is given.
  ///   - keyValueHeads: The number of heads of keys and values, each of which serves a group of
  ///     heads; by default as many as heads. With 1, all heads share keys and values.
  ///   - headFeatures: The features of a head, by default the input's divided by `heads`.
  ///   - outputFeatures: The features of the output, by default those of the input.
  ///   - memory: What is attended to, by default the model itself.
  ///   - mask: True where keys may be attended to, `[batch, keys]` or `[batch, tokens, keys]`; or
  ///     numbers that are added to the products of queries and keys.
  ///   - isCausal: Whether a token attends to itself and those before it only.
  ///   - positions: How attention depends on the tokens' positions, if it does.
  ///   - dropoutRate: The probability with which a weight is set to 0 while training; the scores of
  ///     all pairs of tokens are in memory then.
  /// - Parameters of the layer: `kernel [features, (heads + 2 * keyValueHeads) * headFeatures]` and
  ///   a `bias`; with memory `query_kernel [features, heads * headFeatures]`, `key_kernel` and
  ///   `value_kernel [memory features, keyValueHeads * headFeatures]`, and `query_bias`, `key_bias`,
  ///   `value_bias`. Both have `output_kernel [heads * headFeatures, output features]` and
  ///   `output_bias`.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762; groups: Ainslie et al. 2023,
  ///   arXiv:2305.13245.
  public func multiHeadAttention(
    heads: Int, keyValueHeads: Int? = nil, headFeatures: Int? = nil, outputFeatures: Int? = nil,
    to memory: Model? = nil, mask: Model? = nil, isCausal: Bool = false,
    positions: AttentionPositions? = nil, dropoutRate: Double = 0, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      MultiHeadAttentionLayer(
        heads: heads, keyValueHeads: keyValueHeads ?? heads, headFeatures: headFeatures,
        outputFeatures: outputFeatures, isCausal: isCausal, positions: positions,
        dropoutRate: dropoutRate, useBias: useBias, kernelInitializer: kernelInitializer,
        biasInitializer: biasInitializer, hasMemory: memory != nil, hasMask: mask != nil),
      [self] + [memory, mask].compactMap { $0 }, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
