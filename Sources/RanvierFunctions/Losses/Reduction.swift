public import RanvierTensors

/// What becomes of the losses of a batch.
///
/// Every loss is weighted and reduced here, and in the same way. Weights of type `bool` are a mask:
/// with ``weightedMean`` the mean is over the losses that it keeps.
public enum Reduction: String, Sendable, Hashable, CaseIterable {
  /// One loss for each sample.
  case none
  /// The sum of the losses, each times its weight, divided by their number.
  case mean
  /// The sum of the losses, each times its weight.
  case sum
  /// The sum of the losses, each times its weight, divided by the sum of the weights.
  case weightedMean = "weighted_mean"

  /// Weights and reduces losses.
  ///
  /// Losses of weight 0 are left out, even those that are not numbers; given to a loss of this
  /// library, such weights also keep what is wrong with an example from its derivatives. The mean of
  /// no losses, or with weights whose sum is 0, is not-a-number.
  ///
  /// - Shapes: `weights` has the losses' leading axes, such as `[batch]` beside `[batch, time]`.
  public func callAsFunction(_ losses: Tensor, weights: Tensor? = nil) -> Tensor {
    callAsFunction(losses, weights: weights, counts: nil)
  }

  /// Weights and reduces losses that already count more or less than others.
  ///
  /// - Parameter counts: How much each loss counts without the weights, of the losses' shape;
  ///   ``weightedMean`` divides by their sum.
  func callAsFunction(_ losses: Tensor, weights: Tensor?, counts: Tensor?) -> Tensor {
    let weights = weights.map { spread($0, over: losses, operation: "Reduction") }
    let weighted = weights.map { weigh(losses, by: $0) } ?? losses
    switch self {
    case .none: return weighted
    case .mean: return weighted.mean()
    case .sum: return weighted.sum()
    case .weightedMean:
      let counts = counts.map { counts in weights.map { weigh(counts, by: $0) } ?? counts }
      return (counts ?? weights).map { weighted.sum() / $0.sum() } ?? weighted.mean()
    }
  }
}

/// An operand of a loss with harmless numbers in place of the examples of weight 0, so that nothing
/// in those reaches derivatives: 0 times not-a-number would.
///
/// - Shapes: Nothing happens unless the weights have the operand's leading axes.
func leavingOut(_ operand: Tensor, _ weights: Tensor?) -> Tensor {
  guard let weights, weights.error == nil, operand.error == nil, weights.rank > 0,
    operand.elementType.isFloatingPoint,
    Array(operand.shape.sizes.prefix(weights.rank)) == weights.shape.sizes
  else { return operand }
  let missing = [Int](repeating: 1, count: operand.rank - weights.rank)
  let aligned = weights.reshaped(to: Shape(weights.shape.sizes + missing))
  // Every loss has a value and derivatives there: probabilities, logits, rates, variances.
  return select(equal(aligned, 0), 0.5, operand)
}

/// Values times weights of their shape; 0 where the weight is.
func weigh(_ values: Tensor, by weights: Tensor) -> Tensor {
  select(equal(weights, 0), 0, values * weights)
}

/// Weights in the shape and type of the values that they belong to.
///
/// - Shapes: `weights` has the leading axes of `values`.
func spread(_ weights: Tensor, over values: Tensor, operation: String) -> Tensor {
  if let error = weights.error ?? values.error { return Tensor(invalid: error) }
  guard Array(values.shape.sizes.prefix(weights.rank)) == weights.shape.sizes else {
    return Tensor(
      invalid: OperationError(
        operation: operation, rule: "weights with the leading axes of the values",
        got: "weights \(weights.shape) for values \(values.shape)",
        hint: "give one weight for each example, or for each value"))
  }
  let missing = [Int](repeating: 1, count: values.rank - weights.rank)
  let expanded = weights.reshaped(to: Shape(weights.shape.sizes + missing))
  return expanded.cast(to: values.elementType).broadcast(to: values.shape)
}
