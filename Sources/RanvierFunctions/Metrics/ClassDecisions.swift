internal import RanvierTensors

/// The classes that targets and predictions name, as integers of one shape `[batch...]`.
struct ClassDecisions {
  let actual: Tensor
  let predicted: Tensor
  /// The number of classes; 2 for "no" and "yes".
  let count: Int
  /// Whether the classes are "no" and "yes".
  let isBinary: Bool
  /// Whether both classes exist; nil where no others can be named.
  private let areKnown: Tensor?

  /// - Throws: An error unless targets have a form that ``Decision`` describes.
  init(
    _ targets: Tensor, _ predictions: Tensor, _ decision: Decision, operation: String
  ) throws(OperationError) {
    if let error = targets.error ?? predictions.error { throw error }
    guard predictions.rank > 0 else { throw scalarPredictions(targets, predictions, operation) }
    switch decision {
    case .labels:
      throw OperationError(
        operation: operation, rule: "decisions of one class for each example",
        got: "labels, which are decided each on its own", hint: "use .classes()")
    case .indices(let classes):
      guard targets.shape == predictions.shape, targets.elementType.isInteger,
        predictions.elementType.isInteger, classes > 0
      else {
        throw OperationError(
          operation: operation, rule: "classes as integers of one shape, and their number",
          got: "targets \(targets.type), predictions \(predictions.type), \(classes) classes")
      }
      (actual, predicted, count) = (targets.cast(to: .int64), predictions.cast(to: .int64), classes)
      isBinary = false
      areKnown = bitwiseAnd(
        isClass(targets, count: classes), isClass(predictions, count: classes))
    case .classes(let threshold) where Decision.isBinary(predictions):
      let aligned = try alignedBinary(targets, predictions, operation: operation)
      actual = isYes(aligned).cast(to: .int64)
      predicted = greater(LossOperands.computable(predictions), threshold).cast(to: .int64)
      (count, isBinary, areKnown) = (2, true, nil)
    case .classes:
      let batch = Shape(Array(predictions.shape.sizes.dropLast()))
      predicted = try predictions.argmax().cast(to: .int64).spelled(operation).validated()
      (count, isBinary) = (predictions.shape[-1], false)
      if targets.shape == predictions.shape {
        actual = targets.argmax().cast(to: .int64)
        areKnown = nil
      } else if targets.shape == batch, targets.elementType.isInteger {
        actual = targets.cast(to: .int64)
        areKnown = isClass(targets, count: count)
      } else {
        throw CrossEntropy(loss: operation).wrongTargets(targets, predictions, batch)
      }
    }
  }

  /// How much each example counts, in `f64`.
  func weights(_ weights: Tensor?, operation: String) -> Tensor {
    exampleWeights(weights, shape: actual.shape, areKnown: areKnown, operation: operation)
  }

  /// Whether each prediction is right: 1 or 0, not-a-number if a class does not exist.
  var correctness: Tensor {
    let isRight = equal(actual, predicted).cast(to: .float32)
    return areKnown.map { select($0, isRight, Double.nan) } ?? isRight
  }

  /// How much the examples at each position count together; not-a-number everywhere if a class does
  /// not exist, which must not be lost silently.
  func sums(_ weights: Tensor, at positions: Tensor, bins: Int) -> Tensor {
    let sums = bincount(positions, bins: bins, weights: weights)
    return areKnown == nil ? sums : sums + select(isNaN(weights).any(), Double.nan, 0)
  }
}

/// The error for predictions without a batch axis.
func scalarPredictions(
  _ targets: Tensor, _ predictions: Tensor, _ operation: String
) -> OperationError {
  OperationError(
    operation: operation, rule: "predictions with a batch axis",
    got: "targets \(targets.type), predictions \(predictions.type)")
}

/// Whether integers name one of some classes.
func isClass(_ integers: Tensor, count: Int) -> Tensor {
  // Compared as f64: an unsigned class may be too large for i64.
  bitwiseAnd(greaterOrEqual(integers, 0), less(integers.cast(to: .float64), Double(count)))
}

/// Whether targets say "yes".
func isYes(_ targets: Tensor) -> Tensor {
  targets.elementType == .bool ? targets : greater(LossOperands.computable(targets), 0.5)
}

/// Targets of "yes" and "no" in the shape of the predictions, whose last axis of size 1 they may
/// lack.
func alignedBinary(
  _ targets: Tensor, _ predictions: Tensor, operation: String
) throws(OperationError) -> Tensor {
  if let error = targets.error ?? predictions.error { throw error }
  let batch = Shape(Array(predictions.shape.sizes.dropLast()))
  if targets.shape == predictions.shape { return targets }
  if predictions.rank > 1, targets.shape == batch { return targets.reshaped(to: predictions.shape) }
  throw OperationError(
    operation: operation,
    rule: "targets of shape \(predictions.shape)" + (predictions.rank > 1 ? " or \(batch)" : ""),
    got: "targets \(targets.type), predictions \(predictions.type)")
}
