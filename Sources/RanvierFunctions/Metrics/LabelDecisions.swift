internal import RanvierTensors

/// What targets and predictions say of each label: truth values `[batch..., labels]`.
struct LabelDecisions {
  let actual: Tensor
  let predicted: Tensor

  /// - Throws: An error unless targets have the predictions' shape.
  init(
    _ targets: Tensor, _ predictions: Tensor, threshold: Double, operation: String
  ) throws(OperationError) {
    if let error = targets.error ?? predictions.error { throw error }
    guard predictions.rank > 0 else { throw scalarPredictions(targets, predictions, operation) }
    let operands = try LossOperands(targets, predictions, loss: operation)
    self.init(
      actual: isYes(operands.targets), predicted: greater(operands.predictions, threshold))
  }

  /// "Yes" and "no" as decisions on a single label.
  init(_ decisions: ClassDecisions) {
    self.init(
      actual: decisions.actual.cast(to: .bool), predicted: decisions.predicted.cast(to: .bool))
  }

  private init(actual: Tensor, predicted: Tensor) {
    let isVector = actual.rank == 1
    self.actual = isVector ? actual.expandedDimension(at: -1) : actual
    self.predicted = isVector ? predicted.expandedDimension(at: -1) : predicted
  }
}
