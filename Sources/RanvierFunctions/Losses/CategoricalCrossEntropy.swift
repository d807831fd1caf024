public import RanvierTensors

/// The cross-entropy of predicted distributions over classes, the last axis, with the true ones.
///
/// `-sum(targets * log(predictions))` along the last axis, where classes of target 0 count as 0; on
/// logits the logarithm is ``logSoftmax(_:alongAxis:)``.
///
/// Targets are distributions (one-hot or soft) if they have the predictions' shape, else classes as
/// integers without the class axis. A class that does not exist gives not-a-number, because
/// elements may not be known yet when shapes are checked. Sums are at least in `f32`.
///
/// - Shapes: predictions `[batch..., classes]`, targets `[batch..., classes]` or integers
///   `[batch...]`, weights the leading axes of `[batch...]`; the result is a scalar, `[batch...]`
///   for ``Reduction/none``.
/// - Parameters:
///   - targets: Distributions or classes.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `softmax`.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
/// - Note: The logarithm is taken of at least 1.2e-38, so that a probability of 0 gives 87.3. Its
///   derivative is 0 there.
public func categoricalCrossEntropy(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = "categoricalCrossEntropy"
  if let error = targets.error ?? predictions.error { return Tensor(invalid: error) }
  guard predictions.rank > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: loss, rule: "predictions with a class axis",
        got: "targets \(targets.type), predictions \(predictions.type)"))
  }
  let computed = LossOperands.computable(predictions)
  let logarithms =
    fromLogits ? logSoftmax(computed) : log(maximum(computed, smallestProbability))
  let batch = Shape(Array(predictions.shape.sizes.dropLast()))
  if targets.shape == predictions.shape {
    let distributions = targets.cast(to: computed.elementType)
    // 0 times the logarithm of 0 counts as 0.
    let terms = select(equal(distributions, 0), 0, distributions * logarithms)
    return reduction(-terms.sum(alongAxes: [-1]), weights: weights)
      .spelled(loss, weights ?? targets)
  }
  guard targets.shape == batch, targets.elementType.isInteger else {
    return Tensor(invalid: wrongTargets(targets, predictions, batch))
  }
  let classes = Double(predictions.shape[-1])
  let known = bitwiseAnd(greaterOrEqual(targets, 0), less(targets.cast(to: .float64), classes))
  let positions = Tensor.range(predictions.shape[-1], elementType: .int64)
  let chosen = equal(targets.cast(to: .int64).expandedDimension(at: -1), positions)
  let terms = select(chosen, logarithms, 0)
  return reduction(
    select(known, -terms.sum(alongAxes: [-1]), Double.nan), weights: weights
  ).spelled(loss, weights ?? targets)
}

/// The error for targets that are neither distributions nor classes.
private func wrongTargets(
  _ targets: Tensor, _ predictions: Tensor, _ batch: Shape
) -> OperationError {
  var hint = "the model's output has \(predictions.shape[-1]) classes"
  if targets.shape == batch {
    hint = "classes are integers: targets.cast(to: .int32)"
  } else if targets.shape.sizes == batch.sizes + [1] {
    hint = "remove the targets' last axis: targets.squeezed(axes: [-1])"
  } else if targets.rank > 0, targets.shape[0] != predictions.shape[0] {
    hint = "the batches differ in size"
  }
  return OperationError(
    operation: "categoricalCrossEntropy",
    rule: "targets of shape \(predictions.shape), or classes as integers of shape \(batch)",
    got: "targets \(targets.type), predictions \(predictions.type)", hint: hint)
}

extension Loss {
  /// The cross-entropy of probabilities over classes with one-hot, soft or integer targets.
  public static let categoricalCrossEntropy = Loss.categoricalCrossEntropy(fromLogits: false)

  /// The cross-entropy of probabilities, or of logits, over classes with one-hot, soft or integer
  /// targets.
  public static func categoricalCrossEntropy(fromLogits: Bool) -> Loss {
    Loss("categorical_cross_entropy" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.categoricalCrossEntropy(
        targets, predictions, fromLogits: fromLogits, reduction: .none)
    }
  }
}
