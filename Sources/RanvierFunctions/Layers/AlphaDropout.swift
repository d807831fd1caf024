public import RanvierTensors

/// Drops random elements of an input of mean 0 and variance 1, and keeps both as they are.
///
/// `(keep ? x : -λα) * a + b` with selu's `λα ≈ 1.7581`,
/// `a = ((1 - rate) * (1 + rate * (λα)²))^(-1/2)` and `b = a * rate * λα`; meant for training only,
/// between layers with the activation selu. A dropped element has selu's value far to the left.
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The probability with which an element is dropped, in `0 ..< 1`.
///   - key: Chooses the elements; use another key at each step.
/// - Note: Axon's formula lacks the 1 under the root, and so does not keep the variance.
/// - Source: Klambauer et al. 2017, arXiv:1706.02515, section 3.
public func alphaDropout(_ x: Tensor, rate: Double, key: RandomKey) -> Tensor {
  alphaDropout(x, rate: rate, sharedAxes: [], key: key, operation: "alphaDropout")
}

/// Drops whole channels of random examples as ``alphaDropout(_:rate:key:)`` drops elements.
///
/// - Shapes: x `[batch, spatial..., channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The probability with which a channel is dropped, in `0 ..< 1`.
///   - key: Chooses the channels; use another key at each step.
/// - Source: Klambauer et al. 2017, arXiv:1706.02515; Tompson et al. 2015, arXiv:1411.4280.
public func featureAlphaDropout(_ x: Tensor, rate: Double, key: RandomKey) -> Tensor {
  do throws(OperationError) {
    let operation = "featureAlphaDropout"
    return alphaDropout(
      x, rate: rate, sharedAxes: try x.mapAxes(operation), key: key, operation: operation)
  } catch {
    return Tensor(invalid: error)
  }
}

private func alphaDropout(
  _ x: Tensor, rate: Double, sharedAxes: [Int], key: RandomKey, operation: String
) -> Tensor {
  let limit = 1.0507009873554805 * 1.6732632423543772
  let scale = 1 / ((1 - rate) * (1 + rate * limit * limit)).squareRoot()
  guard (0 ..< 1).contains(rate) else {
    // Its error comes before one of the scale, which has no meaning then.
    return dropout(x, rate: rate, key: key, operation: operation)
  }
  return dropout(
    x, rate: rate, sharedAxes: sharedAxes, dropped: -limit, scale: scale,
    shift: scale * rate * limit, key: key, operation: operation)
}
