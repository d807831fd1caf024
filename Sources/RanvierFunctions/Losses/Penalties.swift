public import RanvierTensors

/// The sum of the sizes of all elements times a rate: drives parameters to exactly 0.
///
/// `rate * sum(|w|)`, added to a loss. The derivative at 0 is 0.
///
///     loss + l1Penalty(parameters.filter { $0.hasSuffix("kernel") }, rate: 1e-4)
///
/// - Parameters:
///   - parameters: Tensors of any shapes; those that are not floating-point do not count.
///   - rate: How much they count.
/// - Returns: A scalar, `f32` or `f64`; 0 for no tensors.
public func l1Penalty(_ parameters: some TensorTree, rate: Double) -> Tensor {
  penalty(parameters, "l1Penalty", rate) { abs($0).sum() }
}

/// The sum of the squares of all elements times a rate: keeps parameters small.
///
/// `rate * sum(w^2)`, added to a loss. Its gradient is `2 * rate * w`: half of the rate is the weight
/// decay of plain gradient descent.
///
/// - Parameters:
///   - parameters: Tensors of any shapes; those that are not floating-point do not count.
///   - rate: How much they count.
/// - Returns: A scalar, `f32` or `f64`; 0 for no tensors.
public func l2Penalty(_ parameters: some TensorTree, rate: Double) -> Tensor {
  penalty(parameters, "l2Penalty", rate) { square($0).sum() }
}

/// The sum of both penalties: `l1 * sum(|w|) + l2 * sum(w^2)`.
///
/// - Parameters:
///   - parameters: Tensors of any shapes; those that are not floating-point do not count.
///   - l1: How much sizes count.
///   - l2: How much squares count.
/// - Returns: A scalar, `f32` or `f64`; 0 for no tensors.
/// - Source: Zou and Hastie, Regularization and Variable Selection via the Elastic Net, 2005.
public func elasticPenalty(_ parameters: some TensorTree, l1: Double, l2: Double) -> Tensor {
  penalty(parameters, "elasticPenalty", l1) { abs($0).sum() }
    + penalty(parameters, "elasticPenalty", l2) { square($0).sum() }
}

private func penalty(
  _ parameters: some TensorTree, _ name: String, _ rate: Double, _ sum: (Tensor) -> Tensor
) -> Tensor {
  if let wrong = wrongOption(name, "a rate of 0 or more", rate, isRight: rate >= 0) { return wrong }
  let tensors = parameters.tensors
  if let invalid = tensors.first(where: { $0.error != nil }) { return invalid }
  let sums = tensors.filter(\.elementType.isFloatingPoint).map {
    sum(LossOperands.computable($0))
  }
  return sums.reduce(Tensor(Float(0)), +) * rate
}
