public import RanvierTensors

/// Draws vectors nearer to one that belongs to them than to one that does not.
///
/// `max(0, d(anchors, positives) - d(anchors, negatives) + margin)` with the Euclidean distance `d`,
/// whose derivative at 0 is 0.
///
/// - Shapes: all vectors `[batch..., features]`, weights the leading axes of `[batch...]`; the result
///   is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - anchors: The vectors that are compared with both others.
///   - positives: Vectors that belong to the anchors.
///   - negatives: Vectors that do not.
///   - margin: How much nearer is enough.
///   - swapping: Whether the negatives' distance is that from the positives where it is smaller.
///   - weights: How much each triplet counts.
///   - reduction: What becomes of the losses.
/// - Source: Balntas et al., Learning Local Feature Descriptors with Triplets and Shallow
///   Convolutional Neural Networks, 2016. PyTorch adds 1e-6 to every difference.
public func tripletMargin(
  _ anchors: Tensor, _ positives: Tensor, _ negatives: Tensor, margin: Double = 1,
  swapping: Bool = false, weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = "tripletMargin"
  return reducedLoss(
    loss, of: [anchors, positives, negatives], weights: weights, reduction: reduction
  ) { operands throws(OperationError) in
    let shapes = operands.map(\.shape)
    guard shapes[0].rank > 0, shapes[1] == shapes[0], shapes[2] == shapes[0] else {
      throw OperationError(
        operation: loss, rule: "vectors [batch..., features] of one shape",
        got: "anchors \(shapes[0]), positives \(shapes[1]), negatives \(shapes[2])")
    }
    func distance(_ first: Tensor, _ second: Tensor) -> Tensor {
      (first - second).norm(alongAxes: [-1])
    }
    var far = distance(operands[0], operands[2])
    if swapping { far = minimum(far, distance(operands[1], operands[2])) }
    return maximum(distance(operands[0], operands[1]) - far + margin, 0)
  }
}
