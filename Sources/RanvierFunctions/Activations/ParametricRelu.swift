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
  let isPositive = greater(x, 0)
  // Positive elements are kept from the product: infinite ones would harm the slope's derivative.
  return select(isPositive, x, select(isPositive, 0, x) * factors).spelled("prelu", x, slope)
}
