public import RanvierTensors

/// A sigmoid of three straight pieces: 0, a slope, and 1.
///
/// `min(max(alpha * x + beta, 0), 1)`. The defaults, 1/6 and 1/2, give `relu6(x + 3) / 6`. The
/// derivative is `alpha` on the slope, 0 elsewhere and at both of its ends.
///
/// - Parameters:
///   - x: The elements.
///   - alpha: The derivative on the slope, positive.
///   - beta: The value at 0.
/// - Source: Courbariaux, Bengio & David 2015, arXiv:1511.00363, with other constants; these are
///   PyTorch's and Howard et al. 2019, arXiv:1905.02244. Keras once had 0.2 and 0.5, Axon has 0.2
///   and 0.2.
public func hardSigmoid(_ x: Tensor, alpha: Double = 1 / 6.0, beta: Double = 0.5) -> Tensor {
  hardSigmoid("hardSigmoid", x, alpha: alpha, beta: beta) {
    $1
  } slope: {
    (between: Tensor(alpha, elementType: $0.elementType), above: 0)
  }
}

/// What a function makes of elements and their hard sigmoids, in `f32` for 16-bit types.
///
/// - Parameters:
///   - value: The function's value.
///   - slope: Its derivative between the ends of the sigmoid's slope, and above; below it is 0.
func hardSigmoid(
  _ spelling: String, _ x: Tensor, alpha: Double, beta: Double,
  value: @escaping @Sendable (_ x: Tensor, _ sigmoid: Tensor) -> Tensor,
  slope: @escaping @Sendable (_ x: Tensor) -> (between: Tensor, above: Double)
) -> Tensor {
  if x.error != nil { return x }
  guard alpha > 0, alpha.isFinite, beta.isFinite else {
    return Tensor(
      invalid: OperationError(
        operation: spelling, rule: "a positive alpha, and finite numbers",
        got: "alpha \(alpha), beta \(beta)"))
  }
  // The sum first: near the lower end it is exact, and small results keep their digits.
  @Sendable func line(_ x: Tensor) -> Tensor { (x + beta / alpha) * alpha }
  return elementwise(spelling, x) {
    value($0, clamp(line($0), 0, 1))
  } slope: {
    let (between, above) = slope($0)
    let line = line($0)
    return select(lessOrEqual(line, 0), 0, select(greaterOrEqual(line, 1), above, between))
  }
}

extension Activation {
  /// A sigmoid of three straight pieces, `relu6(x + 3) / 6`.
  public static let hardSigmoid = Activation.hardSigmoid(alpha: 1 / 6.0, beta: 0.5)

  /// A sigmoid of three straight pieces, `min(max(alpha * x + beta, 0), 1)`.
  public static func hardSigmoid(alpha: Double, beta: Double) -> Activation {
    Activation("hard_sigmoid", options: ["alpha": alpha, "beta": beta]) { x, options in
      RanvierFunctions.hardSigmoid(
        x, alpha: options["alpha"] ?? alpha, beta: options["beta"] ?? beta)
    }
  }
}
