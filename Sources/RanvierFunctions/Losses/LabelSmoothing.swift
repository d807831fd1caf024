public import RanvierTensors

/// Targets that leave other classes some probability: `targets * (1 - smoothing) + smoothing /
/// classes`.
///
/// Keeps a model from growing its logits without end. The cross-entropies take the same number as
/// their option `labelSmoothing`.
///
/// - Shapes: Distributions `[..., classes]` keep their shape; integers `[...]` with `classes` give
///   `[..., classes]`.
/// - Parameters:
///   - targets: Distributions over the last axis; or classes as integers, if `classes` is given.
///   - classes: The number of classes, for targets that are integers.
///   - smoothing: From 0 (nothing changes) to 1 (all classes alike).
/// - Source: Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016.
public func smoothedLabels(
  _ targets: Tensor, classes: Int? = nil, smoothing: Double = 0.1
) -> Tensor {
  let name = "smoothedLabels"
  if targets.error != nil { return targets }
  if let wrong = wrongSmoothing(name, smoothing) { return wrong }
  if let classes {
    return smoothed(oneHot(targets, count: classes), smoothing, classes: classes)
      .spelled(name, targets)
  }
  guard targets.rank > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: name, rule: "targets with a class axis, or the number of classes",
        got: "targets \(targets.type)"))
  }
  let distributions =
    targets.elementType.isFloatingPoint ? targets : targets.cast(to: .float32)
  return smoothed(distributions, smoothing, classes: targets.shape[-1])
}

/// Distributions over classes, smoothed.
func smoothed(_ targets: Tensor, _ smoothing: Double, classes: Int) -> Tensor {
  targets * (1 - smoothing) + smoothing / Double(max(classes, 1))
}

/// The error of a smoothing that is not in its range, or nil.
func wrongSmoothing(_ loss: String, _ smoothing: Double) -> Tensor? {
  wrongOption(
    loss, "a label smoothing from 0 to 1", smoothing, isRight: (0 ... 1).contains(smoothing))
}

extension Loss {
  /// The loss with smoothed targets; see ``smoothedLabels(_:classes:smoothing:)``.
  ///
  /// Targets are distributions of the predictions' shape, or classes as integers without the class
  /// axis.
  public func smoothingLabels(by smoothing: Double = 0.1) -> Loss {
    Loss("\(name)_of_smoothed_labels") { targets, predictions in
      if predictions.error != nil { return predictions }
      let isSparse = targets.elementType.isInteger && targets.rank == predictions.rank - 1
      let classes = isSparse ? predictions.shape[-1] : nil
      return self(
        smoothedLabels(targets, classes: classes, smoothing: smoothing), predictions,
        reduction: .none)
    }
  }
}
