internal import RanvierTensors

/// A function of single elements, from formulas of its value and of its derivative.
///
/// The derivative of a formula that is right everywhere need not be: subtractions cancel what the
/// formula had kept, and infinity times 0 is not a number. Where this happens, the derivative has
/// a formula of its own. It is a formula of tensors, so that it can be differentiated again.
///
/// Numbers of 16-bit types are computed in `f32` and rounded once.
///
/// - Parameters:
///   - spelling: The function as users spell it, for errors.
///   - x: The elements.
///   - value: The function's value, whose operations may be any.
///   - slope: The function's derivative.
func elementwise(
  _ spelling: String, _ x: Tensor, value: @escaping @Sendable (Tensor) -> Tensor,
  slope: @escaping @Sendable (Tensor) -> Tensor
) -> Tensor {
  composed(spelling, x) { operands in
    withDerivative(of: value) { x, _, cotangent in cotangent * slope(x) }(operands[0])
  }
}

/// The elements, but no infinity and nothing far out, for factors beside others that vanish there:
/// `exp(-1024)` is 0 in every type.
func nearby(_ x: Tensor) -> Tensor { clamp(x, -1024, 1024) }

/// The elements, but nothing far below 0, for factors beside others that vanish there.
func notFarBelow(_ x: Tensor) -> Tensor { maximum(x, -1024) }
