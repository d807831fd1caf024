internal import RanvierTensors

/// What targets and predictions say of each label: truth values `[batch..., labels]`.
struct LabelDecisions {
  let actual: Tensor
  let predicted: Tensor
  /// Whether the classes that the labels were made of exist, `[batch..., 1]`; nil if they were not.
  let areKnown: Tensor?

  init(actual: Tensor, predicted: Tensor, areKnown: Tensor?) {
    (self.actual, self.predicted, self.areKnown) = (actual, predicted, areKnown)
  }

  /// - Throws: An error unless targets have a form that ``Decision`` describes.
  init(
    _ targets: Tensor, _ predictions: Tensor, _ decision: Decision, operation: String
  ) throws(OperationError) {
    if let error = targets.error ?? predictions.error { throw error }
    guard predictions.rank > 0 else { throw scalarPredictions(targets, predictions, operation) }
    guard case .labels(let threshold) = decision else {
      self = try ClassDecisions(targets, predictions, decision, operation: operation).labels
      return
    }
    let operands = try LossOperands(targets, predictions, loss: operation)
    let isVector = predictions.rank == 1
    let (actual, predicted) = (isYes(operands.targets), greater(operands.predictions, threshold))
    self.init(
      actual: isVector ? actual.expandedDimension(at: -1) : actual,
      predicted: isVector ? predicted.expandedDimension(at: -1) : predicted, areKnown: nil)
  }

  /// How much each decision counts, in `f64`.
  func weights(_ weights: Tensor?, operation: String) -> Tensor {
    exampleWeights(weights, shape: actual.shape, areKnown: areKnown, operation: operation)
  }
}
