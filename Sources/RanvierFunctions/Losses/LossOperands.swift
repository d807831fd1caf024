internal import RanvierTensors

/// Targets and predictions of a loss, in the type in which it is computed.
struct LossOperands {
  let targets: Tensor
  let predictions: Tensor

  /// Checks that shapes are equal, and converts targets to the predictions' type.
  ///
  /// Broadcasting would hide mistakes: `[batch]` beside `[batch, 1]` would compare every target
  /// with every prediction.
  init(
    _ targets: Tensor, _ predictions: Tensor, loss: String
  ) throws(OperationError) {
    if let error = targets.error ?? predictions.error { throw error }
    guard targets.shape == predictions.shape else {
      throw OperationError(
        operation: loss, rule: "targets of the predictions' shape",
        got: "targets \(targets.type), predictions \(predictions.type)",
        hint: LossOperands.hint(targets.shape, predictions.shape))
    }
    self.predictions = LossOperands.computable(predictions)
    self.targets = targets.cast(to: self.predictions.elementType)
  }

  /// Predictions in a type in which sums of losses are accurate: `f64` stays, all others become
  /// `f32`.
  static func computable(_ predictions: Tensor) -> Tensor {
    predictions.elementType == .float64 ? predictions : predictions.cast(to: .float32)
  }

  private static func hint(_ targets: Shape, _ predictions: Shape) -> String {
    if targets.sizes + [1] == predictions.sizes {
      return "add an axis to the targets: targets.expandedDimension(at: -1)"
    }
    if predictions.sizes + [1] == targets.sizes {
      return "remove the targets' last axis: targets.squeezed(axes: [-1])"
    }
    if targets.count == predictions.count { return "reshape one of them" }
    return targets.rank > 0 && predictions.rank > 0 && targets.sizes[0] != predictions.sizes[0]
      ? "the batches differ in size" : "compare the model's output with the data"
  }
}
