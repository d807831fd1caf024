public import RanvierTensors

/// Divides each channel by the activity of the channels around it.
///
/// `y = x / (bias + alpha / size * sum)^beta`, where the sum is of the squares of the `size`
/// channels around; channels outside count as zeros. An even size reaches one channel further back
/// than ahead. Computed at least in `f32`.
///
/// - Shapes: x `[..., channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - size: The number of channels that are summed over.
///   - alpha: The weight of the mean of squares.
///   - beta: The power of the divisor.
///   - bias: What the divisor begins with.
/// - Note: This is PyTorch's formula. TensorFlow's and Bender's multiply the sum by `alpha` itself:
///   their `depthRadius` and `alpha` are a size of `2 * depthRadius + 1` and an `alpha * size` here.
/// - Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3.
public func localResponseNorm(
  _ x: Tensor, size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, bias: Double = 1
) -> Tensor {
  let operation = "localResponseNorm"
  if x.error != nil { return x }
  guard x.rank > 0, x.elementType.isFloatingPoint, size > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: operation,
        rule: "floating-point numbers [..., channels] and a positive size",
        got: "\(x.type) and size \(size)"))
  }
  let wide = widened(x)
  let channels = x.shape[-1]
  // A product with a band of ones, because the neighbours lie within a row of memory.
  let position = Tensor.range(channels, elementType: wide.elementType)
  let distance = position.expandedDimension(at: 1) - position
  let isNear = logicalAnd(
    greaterOrEqual(distance, Double(-(size / 2))), lessOrEqual(distance, Double((size - 1) / 2)))
  let band = isNear.cast(to: wide.elementType)
  let sums = dense(square(wide), band)
  let divisor = bias + sums * (alpha / Double(size))
  return (wide * pow(divisor, -beta)).cast(to: x.elementType).spelled(operation, x)
}
