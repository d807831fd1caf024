/// For each query, the mean of the values weighted by exponentials of its products with the keys; and
/// the logarithm of the sum of the exponentials, which the gradient needs.
///
/// `softmax(query · keyᵀ * scale) · value` for each head, computed for one block of queries at a time,
/// so that the scores of all queries never lie in memory. Tokens come before heads, as products of
/// tokens with weights give them. Computed in `f32` at least. A query that sees no key gives zeros.
///
/// - Shapes: query `[batch, queries, heads, share]`, key `[batch, keys, heads, share]`, value `[batch,
///   keys, heads, outputs]`, or one tensor `[batch, tokens, 3 * heads, share]` with the heads of the
///   queries, the keys and the values; then, if there is one, a mask of truth values, each of whose
///   axes `[batch, heads, queries, keys]` may be 1. Results `[batch, queries, heads, outputs]` and,
///   in `f32` at least, `[batch, queries, heads]`.
/// - Source: Dao et al. 2022, arXiv:2205.14135.
package struct Attention: Primitive {
  /// Whether one operand holds queries, keys and values.
  package let isPacked: Bool
  /// Whether query i sees keys 0 to i only.
  package let isCausal: Bool
  /// Whether the last operand says which keys a query sees.
  package let hasMask: Bool
  /// Multiplies the products of queries and keys.
  package let scale: Double

  package init(isPacked: Bool, isCausal: Bool, hasMask: Bool, scale: Double) {
    self.isPacked = isPacked
    self.isCausal = isCausal
    self.hasMask = hasMask
    self.scale = scale
  }

  package var name: String { "attention" }
  package var spelling: String { "scaledDotProductAttention" }
  package var description: String { "attention\(optionTexts)" }
  package var resultCount: Int { 2 }

  /// The options, for descriptions.
  var optionTexts: String {
    (isPacked ? " packed" : "") + (isCausal ? " causal" : "") + (hasMask ? " masked" : "")
      + " scale \(scale)"
  }

  /// The number of operands with queries, keys and values.
  var tensorCount: Int { isPacked ? 1 : 3 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let sizes = try AttentionSizes(self, operands)
    return [
      TensorType(operands[0].elementType, sizes.outputShape),
      TensorType(operands[0].elementType.attentionSums, sizes.sumsShape),
    ]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (output, logSums) = (application.results[0], application.results[1])
    let cotangent = application.cotangents[0]
    let wide = logSums.elementType
    var deltas = (cotangent.cast(to: wide) * output.cast(to: wide)).sum(alongAxes: [-1])
    if application.isUsed[1] { deltas = deltas - application.cotangents[1] }
    let gradients = applyAll(
      AttentionGradient(self), application.operands + [logSums, deltas, cotangent])
    return hasMask ? gradients + [nil] : gradients
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, joinedOperands(batch)).map { $0.separatingExamples(batch.size) }
  }

  /// The operands of all examples, which become part of the batch axis.
  func joinedOperands(_ batch: BatchedApplication) -> [Tensor] {
    var operands = (0 ..< tensorCount).map { batch.repeated($0).joiningExamples() }
    guard hasMask else { return operands }
    let position = tensorCount
    let mask = batch.operands[position]
    let axes = mask.shape.sizes.suffix(3)
    let examples = operands[0].shape[0] / Swift.max(batch.size, 1)
    if !batch.isBatched[position], mask.shape[0] == 1 {
      operands.append(mask)
    } else {
      operands.append(
        batch.repeated(position).broadcast(to: Shape([batch.size, examples] + axes))
          .joiningExamples())
    }
    return operands
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let reference = ReferenceAttention(self, operands)
    let sums = ReferenceArray(resultTypes[1]) { reference.logSum($0[0], $0[1], $0[2]) }
    let output = ReferenceArray(resultTypes[0]) { index in
      let weights = reference.weights(
        index[0], index[1], index[2], logSum: sums[Array(index.dropLast())])
      return weights.indices.reduce(0) { sum, key in
        sum + weights[key] * reference.value(index[0], key, index[2], index[3])
      }
    }
    return [output, sums]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    AttentionKernel(self, operands).forward(operands, results)
  }

  package static var samples: [PrimitiveSample] {
    sampleCases.map { PrimitiveSample($0.attention, $0.operands) }
      + [
        // Queries without keys, and empty axes.
        PrimitiveSample(
          Attention(isPacked: false, isCausal: true, hasMask: true, scale: 0.5),
          [
            .init([2, 4, 1, 3]), .init([2, 5, 1, 3]), .init([2, 5, 1, 2]),
            .init([2, 1, 4, 5], .integers(0, 1), .bool),
          ]),
        PrimitiveSample(
          Attention(isPacked: false, isCausal: false, hasMask: false, scale: 1),
          [.init([1, 2, 2, 3]), .init([1, 0, 2, 3]), .init([1, 0, 2, 4])]),
        PrimitiveSample(
          Attention(isPacked: true, isCausal: true, hasMask: false, scale: 1),
          [.init([0, 3, 6, 2])]),
      ]
  }

  /// Options and operands of samples; masks may hide all keys of a query.
  static var sampleCases: [(attention: Attention, operands: [PrimitiveSample.Operand])] {
    func options(
      _ isPacked: Bool, _ isCausal: Bool, _ hasMask: Bool, _ scale: Double
    ) -> Attention {
      Attention(isPacked: isPacked, isCausal: isCausal, hasMask: hasMask, scale: scale)
    }
    func mask(_ shape: Shape) -> PrimitiveSample.Operand { .init(shape, .integers(0, 1), .bool) }
    return [
      (options(true, false, false, 0.5), [.init([2, 3, 6, 3])]),
      (options(true, true, false, 0.7), [.init([1, 5, 3, 2])]),
      (options(true, false, true, -0.4), [.init([2, 4, 6, 3]), mask([2, 1, 1, 4])]),
      (
        options(false, false, false, 0.5),
        [.init([2, 3, 2, 4]), .init([2, 5, 2, 4]), .init([2, 5, 2, 3])]
      ),
      (
        options(false, true, true, 0.6),
        [.init([2, 4, 2, 3]), .init([2, 3, 2, 3]), .init([2, 3, 2, 5]), mask([1, 2, 4, 3])]
      ),
      (
        options(false, true, false, 1),
        [.init([1, 1, 1, 1]), .init([1, 2, 1, 1]), .init([1, 2, 1, 2])]
      ),
    ]
  }
}

extension ElementType {
  /// The type of what attention keeps of each query.
  var attentionSums: ElementType { self == .float64 ? .float64 : .float32 }
}
