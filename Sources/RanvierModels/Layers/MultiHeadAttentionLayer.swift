public import RanvierFunctions
internal import RanvierTensors

/// Attention of several heads with its projections.
package struct MultiHeadAttentionLayer: Layer {
  package let heads: Int
  package let isCausal: Bool
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
    [LayerOption("heads", heads)] + (isCausal ? [LayerOption("causal", true)] : [])
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
    guard let features = x.shape[-1], let memoryFeatures = memory.shape[-1], heads > 0,
      features > 0, features % heads == 0
    else {
      throw LayerProblem(
        "a number of heads that divides the features", got: "\(heads) heads of \(x.shape)")
    }
    if hasMask { try checkMask(inputs[inputs.count - 1], x.shape[1], memory.shape[1]) }
    let type = ElementType.promoted(x.elementType, memory.elementType)
    let projections =
      hasMemory
      ? declarations("query_", features, features)
        + declarations("key_", memoryFeatures, features)
        + declarations("value_", memoryFeatures, features)
      : declarations("", features, 3 * features)
    return LayerSignature(
      x.shape, elementType: ElementType.promoted(type, .float32),
      parameters: projections + declarations("output_", features, features))
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
    func projected(_ prefix: String, _ x: Tensor) -> Tensor {
      dense(
        x, call.parameters[prefix + "kernel"], useBias ? call.parameters[prefix + "bias"] : nil)
    }
    let mask = hasMask ? call.inputs.last.map(withHeadAxis) : nil
    let mixed: Tensor
    if hasMemory {
      mixed = RanvierFunctions.multiHeadAttention(
        projected("query_", call.input), projected("key_", call.inputs[1]),
        projected("value_", call.inputs[1]), heads: heads, mask: mask, isCausal: isCausal)
    } else {
      mixed = RanvierFunctions.multiHeadAttention(
        projections: projected("", call.input), heads: heads, mask: mask, isCausal: isCausal)
    }
    return LayerResult(projected("output_", mixed))
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
  ///   as input.
  /// - Parameters:
  ///   - heads: The number of heads, which divides the features.
  ///   - memory: What is attended to, by default the model itself.
  ///   - mask: True where keys may be attended to, `[batch, keys]` or `[batch, tokens, keys]`; or
  ///     numbers that are added to the products of queries and keys.
  ///   - isCausal: Whether a token attends to itself and those before it only.
  /// - Parameters of the layer: `kernel [features, 3 * features]`, `bias [3 * features]`; with
  ///   memory `query_kernel [features, features]`, `key_kernel` and `value_kernel
  ///   [memory features, features]`, and `query_bias`, `key_bias`, `value_bias [features]`. Both
  ///   have `output_kernel [features, features]` and `output_bias [features]`.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762.
  public func multiHeadAttention(
    heads: Int, to memory: Model? = nil, mask: Model? = nil, isCausal: Bool = false,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    Model(
      MultiHeadAttentionLayer(
        heads: heads, isCausal: isCausal, useBias: useBias, kernelInitializer: kernelInitializer,
        biasInitializer: biasInitializer, hasMemory: memory != nil, hasMask: mask != nil),
      [self] + [memory, mask].compactMap { $0 }, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
