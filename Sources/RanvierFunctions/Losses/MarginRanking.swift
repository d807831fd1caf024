public import RanvierTensors

/// Teaches which of two scores is the larger one.
///
/// `max(0, margin - targets * (first - second))` for each element.
///
/// - Shapes: targets and both scores have one shape; weights its leading axes. The result is a
///   scalar, or of that shape for ``Reduction/none``.
/// - Parameters:
///   - targets: 1 where the first score should be larger and -1 where the second should, or `true`
///     and `false`.
///   - first: Scores.
///   - second: Scores.
///   - margin: How much larger is enough.
///   - weights: How much each element counts.
///   - reduction: What becomes of the losses.
public func marginRanking(
  _ targets: Tensor, _ first: Tensor, _ second: Tensor, margin: Double = 0,
  weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = "marginRanking"
  return reducedLoss(
    loss, of: [signs(targets), first, second], weights: weights, reduction: reduction
  ) { operands throws(OperationError) in
    guard targets.shape == first.shape, first.shape == second.shape else {
      throw OperationError(
        operation: loss, rule: "targets and scores of one shape",
        got: "targets \(targets.type), scores \(first.type) and \(second.type)")
    }
    return maximum(margin - operands[0] * (operands[1] - operands[2]), 0)
  }
}
