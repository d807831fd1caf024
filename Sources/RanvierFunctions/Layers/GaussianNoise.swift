public import RanvierTensors

/// Adds normally distributed numbers of mean 0; meant for training only.
///
/// `x + n` with `n ~ N(0, standardDeviation²)`
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - standardDeviation: The noise's standard deviation, 0 or more.
///   - key: The source of the noise; use another key at each step.
/// - Source: Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".
public func gaussianNoise(_ x: Tensor, standardDeviation: Double, key: RandomKey) -> Tensor {
  let operation = "gaussianNoise"
  if x.error != nil { return x }
  guard x.elementType.isFloatingPoint, standardDeviation >= 0, standardDeviation.isFinite else {
    return Tensor(
      invalid: OperationError(
        operation: operation,
        rule: "floating-point numbers and a finite standard deviation that is not negative",
        got: "\(x.type) and \(standardDeviation)"))
  }
  if standardDeviation == 0 { return x }
  let noise = key.normal(
    x.shape, standardDeviation: standardDeviation, elementType: x.elementType)
  return (x + noise).spelled(operation, x, key.words)
}

/// Multiplies by normally distributed numbers of mean 1; meant for training only.
///
/// `x * n` with `n ~ N(1, rate / (1 - rate))`: the mean and variance that `dropout` of this rate
/// multiplies by.
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The rate of the dropout that it stands for, in `0 ..< 1`.
///   - key: The source of the noise; use another key at each step.
/// - Source: Srivastava et al. 2014, section 10.
public func gaussianDropout(_ x: Tensor, rate: Double, key: RandomKey) -> Tensor {
  let operation = "gaussianDropout"
  if x.error != nil { return x }
  guard x.elementType.isFloatingPoint, (0 ..< 1).contains(rate) else {
    return Tensor(
      invalid: OperationError(
        operation: operation, rule: "floating-point numbers and a rate in 0 ..< 1",
        got: "\(x.type) and \(rate)"))
  }
  if rate == 0 { return x }
  let factors = key.normal(
    x.shape, mean: 1, standardDeviation: (rate / (1 - rate)).squareRoot(),
    elementType: x.elementType)
  return (x * factors).spelled(operation, x, key.words)
}
