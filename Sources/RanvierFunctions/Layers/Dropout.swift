public import RanvierTensors

/// Sets random elements to 0, and scales the others up so that sums keep their expected size.
///
/// `keep ? x / (1 - rate) : 0`, where each element is kept with probability `1 - rate`; meant for
/// training only.
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The probability with which an element is set to 0, in `0 ..< 1`.
///   - key: Chooses the elements; use another key at each step.
/// - Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
///   overfitting".
public func dropout(_ x: Tensor, rate: Double, key: RandomKey) -> Tensor {
  if x.error != nil { return x }
  guard (0 ..< 1).contains(rate) else {
    return Tensor(
      invalid: OperationError(
        operation: "dropout", rule: "a rate in 0 ..< 1", got: "\(rate) for shape \(x.shape)"))
  }
  if rate == 0 { return x }
  let isKept = key.bernoulli(x.shape, probability: 1 - rate)
  return select(isKept, x / (1 - rate), 0).spelled("dropout", x, key.words)
}
