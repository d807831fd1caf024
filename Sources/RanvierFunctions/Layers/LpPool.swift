public import RanvierTensors

/// The p-norm of the elements of each window, channel by channel.
///
/// `sum(|x|^p)^(1/p)`; `norm: .infinity` gives the largest magnitude. Derivatives are zero where
/// the norm is. Integers give `f32`; elements of 16 bits are summed up in `f32`.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - norm: The order p of the norm, above 0.
///   - strides: Distances between neighbouring windows; by default they do not overlap.
///   - padding: What lies around the input; it counts as zeros.
///   - dilation: Distances between neighbouring elements of a window.
/// - Note: PyTorch and Axon leave the absolute value out, so that their odd orders are norms of
///   positive elements only.
/// - Source: Gulcehre et al. 2014.
public func lpPool(
  _ x: Tensor, windowSize: [Int], norm: Double = 2, strides: [Int]? = nil,
  padding: Padding = .valid, dilation: [Int] = [1]
) -> Tensor {
  norms(
    of: x, order: norm, operation: "lpPool",
    sums: {
      sumPool($0, windowSize: windowSize, strides: strides, padding: padding, dilation: dilation)
    },
    maxima: {
      let largest = maxPool(
        $0, windowSize: windowSize, strides: strides, padding: padding, dilation: dilation)
      // Windows of padding alone have norm 0.
      return maximum(largest, 0)
    })
}

/// The p-norms of some groups of elements, of which sums and maxima can be had.
func norms(
  of x: Tensor, order: Double, operation: String, sums: (Tensor) -> Tensor,
  maxima: (Tensor) -> Tensor
) -> Tensor {
  if x.error != nil { return x }
  if let error = normError(operation, order) { return Tensor(invalid: error) }
  func norm(_ x: Tensor) -> Tensor {
    switch order {
    case 1: sums(abs(x))
    case 2: fixingZero(sums(x * x)) { sqrt($0) }
    case .infinity: maxima(abs(x))
    default: fixingZero(sums(magnitude(x, toThe: order))) { pow($0, 1 / order) }
    }
  }
  let isShort = x.elementType == .float16 || x.elementType == .bfloat16
  if x.elementType.isFloatingPoint && !isShort { return norm(x).spelled(operation) }
  let result = norm(x.cast(to: .float32))
  return (isShort ? result.cast(to: x.elementType) : result).spelled(operation)
}

/// `|x|^p`, by products where those are few.
private func magnitude(_ x: Tensor, toThe order: Double) -> Tensor {
  switch order {
  case 3: return abs(x) * (x * x)
  case 4:
    let square = x * x
    return square * square
  default: return fixingZero(abs(x)) { pow($0, order) }
  }
}

/// What is wrong with the order of a norm that pools.
func normError(_ operation: String, _ order: Double) -> OperationError? {
  order > 0
    ? nil : OperationError(operation: operation, rule: "a norm above 0", got: "\(order)")
}
