internal import RanvierTensors

extension Metric {
  /// The share of predictions that name the right class; of two classes, "yes" is predicted above
  /// 0.5.
  public static let accuracy = Metric.accuracy(threshold: 0.5)

  /// The share of predictions that name the right class.
  ///
  /// With several classes, the last axis, the largest prediction counts, be it a probability or a
  /// logit; targets are one-hot or soft in the predictions' shape, or integers without the class
  /// axis. A last axis of size 1, or predictions `[batch]`, are predictions of "yes".
  ///
  /// - Parameter threshold: The prediction above which "yes" is predicted: 0.5 for probabilities, 0
  ///   for logits.
  public static func accuracy(threshold: Double) -> Metric {
    mean(of: "accuracy") { isCorrect($0, $1, threshold: threshold) }
  }
}

/// Whether each prediction names the right class.
private func isCorrect(_ targets: Tensor, _ predictions: Tensor, threshold: Double) -> Tensor {
  if let error = targets.error ?? predictions.error { return Tensor(invalid: error) }
  let isBinary = predictions.rank < 2 || predictions.shape[-1] == 1
  let withoutClasses = Shape(Array(predictions.shape.sizes.dropLast()))
  if isBinary, targets.count == predictions.count,
    targets.shape == predictions.shape || targets.shape == withoutClasses
  {
    let aligned = targets.reshaped(to: predictions.shape)
    return equal(greater(predictions, threshold), greater(aligned.cast(to: .float32), 0.5))
  }
  if !isBinary, targets.shape == predictions.shape {
    return equal(targets.argmax(), predictions.argmax()).spelled("accuracy")
  }
  if !isBinary, targets.shape == withoutClasses, targets.elementType.isInteger {
    return equal(targets.cast(to: .int64), predictions.argmax().cast(to: .int64))
      .spelled("accuracy")
  }
  return Tensor(
    invalid: OperationError(
      operation: "accuracy",
      rule:
        "targets of shape \(predictions.shape), or classes as integers of shape \(withoutClasses)",
      got: "targets \(targets.type), predictions \(predictions.type)",
      hint: targets.shape == withoutClasses ? "classes are integers: targets.cast(to: .int32)" : "")
  )
}
