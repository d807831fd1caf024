/// The gradients of attention's queries, keys and values, whose weights are computed once more.
///
/// With weights P = exp(query · keyᵀ * scale - logSums), which are 0 where a query does not see a key,
/// and the output's gradient G: the values' gradient is Pᵀ G, the scores' gradient S = P ∘ (G · valueᵀ
/// - deltas) * scale, the queries' S · key and the keys' Sᵀ · query. All operands count as
/// independent of each other, so that derivatives of derivatives come about by the chain rule.
///
/// - Shapes: the operands of ``Attention``; logSums and deltas `[batch, queries, heads]`, in `f32` at
///   least, where deltas are the sums of the outputs times their gradients, less the gradients of
///   logSums; the outputs' gradient `[batch, queries, heads, outputs]`. Results as the operands with
///   queries, keys and values.
package struct AttentionGradient: Primitive {
  package let attention: Attention

  package init(_ attention: Attention) { self.attention = attention }

  package var name: String { "attention_gradient" }
  package var spelling: String { attention.spelling }
  package var description: String { "attention_gradient\(attention.optionTexts)" }
  package var resultCount: Int { attention.tensorCount }

  /// The number of operands that attention has as well; three others follow.
  var sharedCount: Int { attention.tensorCount + (attention.hasMask ? 1 : 0) }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let sizes = try AttentionSizes(attention, Array(operands.prefix(sharedCount)))
    let type = operands[0].elementType
    let sums = TensorType(type.attentionSums, sizes.sumsShape)
    let expected = [sums, sums, TensorType(type, sizes.outputShape)]
    guard Array(operands[sharedCount...]) == expected else {
      throw OperationError(
        operation: spelling,
        rule: "sums, deltas and gradients \(expected.map(\.description).joined(separator: ", "))",
        got: operands[sharedCount...].map(\.description).joined(separator: ", "))
    }
    return Array(operands.prefix(attention.tensorCount))
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let operands = application.operands
    let position = attention.tensorCount
    let mask = attention.hasMask ? operands[position] : nil
    let tensors = operands.indices.filter { !attention.hasMask || $0 != position }
    let cotangents = gradient(at: tensors.map { operands[$0] }) { point in
      zip(composed(point, mask: mask), application.cotangents).reduce(Tensor(0.0)) {
        let (result, cotangent) = $1
        return $0 + (result * cotangent.cast(to: result.elementType)).sum()
      }
    }
    var result = cotangents.map { Tensor?.some($0) }
    if attention.hasMask { result.insert(nil, at: position) }
    return result
  }

  /// The gradients by tensor operations on all scores at once, in `f32` at least: what derivatives
  /// of them are derived from.
  ///
  /// - Parameters:
  ///   - tensors: The operands without the mask.
  ///   - mask: Which keys a query sees.
  package func composed(_ tensors: [Tensor], mask: Tensor?) -> [Tensor] {
    let wide = tensors[0].elementType.attentionSums
    let parts =
      attention.isPacked
      ? tensors[0].split(into: 3, alongAxis: 2) : Array(tensors[..<3])
    /// Heads come before tokens here.
    func ordered(_ x: Tensor) -> Tensor { x.cast(to: wide).swappedAxes(1, 2) }
    let (query, key, value) = (ordered(parts[0]), ordered(parts[1]), ordered(parts[2]))
    let rest = tensors[attention.tensorCount...].map { ordered($0) }
    let (logSums, deltas, cotangent) = (rest[0], rest[1], rest[2])
    var scores = product(query, key, transposingRight: true) * attention.scale - logSums.asColumn
    if let visible = attention.visible(scores.shape, mask: mask) {
      scores = select(visible, scores, -Double.infinity)
    }
    let weights = exp(scores)
    let slopes = product(cotangent, value, transposingRight: true) - deltas.asColumn
    let gradients = weights * slopes * attention.scale
    let results = [
      product(gradients, key), product(gradients, query, transposingLeft: true),
      product(weights, cotangent, transposingLeft: true),
    ].map { $0.swappedAxes(1, 2) }
    return attention.isPacked ? [Tensor(concatenating: results, alongAxis: 2)] : results
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let rest = (sharedCount ..< batch.operands.count).map { batch.repeated($0).joiningExamples() }
    return applyAll(self, attention.joinedOperands(batch) + rest).map {
      $0.separatingExamples(batch.size)
    }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let reference = ReferenceAttention(attention, operands)
    let (logSums, deltas) = (operands[sharedCount], operands[sharedCount + 1])
    let cotangent = operands[sharedCount + 2]
    let heads = cotangent.shape[2]
    var results = resultTypes.map { type in ReferenceArray(type) { _ in 0 } }
    /// Where the gradient of a query (part 0), a key (1) or a value (2) goes.
    func add(_ amount: Double, part: Int, at index: [Int]) {
      let (result, head) =
        attention.isPacked ? (0, part * heads + index[2]) : (part, index[2])
      results[result][[index[0], index[1], head, index[3]]] += amount
    }
    for place in logSums.shape.indices {
      let (example, query, head) = (place[0], place[1], place[2])
      let weights = reference.weights(example, query, head, logSum: logSums[place])
      for (key, weight) in weights.enumerated() {
        var slope = -deltas[place]
        for feature in 0 ..< cotangent.shape[3] {
          let amount = cotangent[place + [feature]]
          slope += amount * reference.value(example, key, head, feature)
          add(weight * amount, part: 2, at: [example, key, head, feature])
        }
        slope *= weight * attention.scale
        for feature in 0 ..< operands[0].shape[3] {
          add(
            slope * reference.key(example, key, head, feature), part: 0,
            at: [example, query, head, feature])
          add(
            slope * reference.query(example, query, head, feature), part: 1,
            at: [example, key, head, feature])
        }
      }
    }
    return results
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    AttentionKernel(attention, Array(operands.prefix(sharedCount))).gradient(operands, results)
  }

  package static var samples: [PrimitiveSample] {
    Attention.sampleCases.map { attention, operands in
      let query = operands[0].type.shape
      let heads = attention.isPacked ? query[2] / 3 : query[2]
      let outputs = operands[attention.isPacked ? 0 : 2].type.shape[3]
      let sums: Shape = [query[0], query[1], heads]
      return PrimitiveSample(
        AttentionGradient(attention),
        operands + [.init(sums), .init(sums), .init(Shape(sums.sizes + [outputs]))])
    }
  }
}

extension Attention {
  /// Where queries see keys, for scores `[batch, heads, queries, keys]`; `nil` if everywhere.
  func visible(_ scores: Shape, mask: Tensor?) -> Tensor? {
    guard isCausal else { return mask }
    let queries = Tensor.range(scores[2]).asColumn
    let isPast = lessOrEqual(Tensor.range(scores[3]), queries)
    return mask.map { bitwiseAnd($0, isPast) } ?? isPast
  }
}
