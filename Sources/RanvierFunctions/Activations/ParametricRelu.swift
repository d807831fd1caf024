public import RanvierTensors

/// A leaky rectified linear unit whose slopes are parameters, one for each channel or one for all.
///
/// `x > 0 ? x : slope * x`; the derivatives at 0 are `slope`, and 0 for the slope.
///
/// - Shapes: x `[..., channels, ...]`, slope `[channels]` or `[]` or `[1]`; the result has the shape
///   of x.
/// - Parameters:
///   - x: The elements.
///   - slope: The factors of elements that are not positive.
///   - axis: The axis of x along which the channels lie.
/// - Source: He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
public func prelu(_ x: Tensor, slope: Tensor, alongAxis axis: Int = -1) -> Tensor {
  if let error = x.error ?? slope.error { return Tensor(invalid: error) }
  let factors: Tensor
  if slope.count == 1, slope.rank < 2 {
    factors = slope.reshaped(to: [])
  } else {
    do throws(OperationError) {
      let position = try x.normalizedAxes([axis], operation: "prelu")[0]
      guard slope.shape == [x.shape[position]] else {
        throw OperationError(
          operation: "prelu", rule: "one slope, or one for each position of the channels' axis",
          got: "slopes \(slope.shape) for axis \(position) of x \(x.shape)")
      }
      var sizes = [Int](repeating: 1, count: x.rank)
      sizes[position] = slope.count
      factors = slope.reshaped(to: Shape(sizes))
    } catch {
      return Tensor(invalid: error)
    }
  }
  // Positive elements are kept from the product: infinite ones would harm the slope's derivative.
  let result = withDerivative(of: { (operands: [Tensor]) in
    maximum(operands[0], 0) + minimum(operands[0], 0) * operands[1]
  }) { operands, _, cotangent in
    let isPositive = greater(operands[0], 0)
    let own = select(isPositive, cotangent, cotangent * operands[1])
    let slopes = select(isPositive, 0, operands[0]) * cotangent
    return [own, slopes.summed(to: operands[1].shape)]
  }
  return result([x, factors]).spelled("prelu", x, slope)
}
