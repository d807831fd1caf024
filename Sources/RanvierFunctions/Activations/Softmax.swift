public import RanvierTensors

/// Probabilities proportional to the exponentials of the elements along an axis.
///
/// `exp(x - max(x)) / sum(exp(x - max(x)))`; the shift by the largest element keeps large inputs
/// finite. Elements of minus infinity get no probability. Infinite elements, or elements that are
/// all minus infinity, share it.
///
/// - Shapes: The result has the shape of `x`, which has at least one axis.
public func softmax(_ x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  rows("softmax", x, alongAxis: axis) { x, axes in
    let powers = exp(belowMaximum(x, axes))
    return powers / powers.sum(alongAxes: axes, keepingAxes: true)
  } pullback: { result, cotangent, axes in
    let products = cotangent * result
    return products - result * products.sum(alongAxes: axes, keepingAxes: true)
  }
}

/// The elements minus the largest along axes: 0 for the largest itself, also if it is infinite.
func belowMaximum(_ x: Tensor, _ axes: [Int]) -> Tensor {
  let largest = x.max(alongAxes: axes, keepingAxes: true)
  return select(equal(x, largest), 0, x - largest)
}

/// A function of rows along an axis whose derivative follows from its result.
///
/// Numbers of 16-bit types are computed in `f32` and rounded once.
func rows(
  _ spelling: String, _ x: Tensor, alongAxis axis: Int,
  value: @escaping @Sendable (_ x: Tensor, _ axes: [Int]) -> Tensor,
  pullback: @escaping @Sendable (_ result: Tensor, _ cotangent: Tensor, _ axes: [Int]) -> Tensor
) -> Tensor {
  do {
    let axes = try x.normalizedAxes([axis], operation: spelling)
    return composed(spelling, x) { operands in
      withDerivative(of: { value($0, axes) }) { _, result, cotangent in
        pullback(result, cotangent, axes)
      }(operands[0])
    }
  } catch {
    return Tensor(invalid: error)
  }
}

extension Activation {
  /// Probabilities over the last axis.
  public static let softmax = Activation(ofRows: "softmax") { RanvierFunctions.softmax($0) }
}
