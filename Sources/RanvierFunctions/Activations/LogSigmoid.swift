public import RanvierTensors

/// The logarithm of `sigmoid(x)`, computed without taking the logarithm of a rounded probability.
///
/// `-log(1 + exp(-x))`, which is `x` far below 0 and 0 far above; the derivative is `sigmoid(-x)`.
public func logSigmoid(_ x: Tensor) -> Tensor {
  elementwise("logSigmoid", x) {
    minimum($0, 0) - log1p(exp(-abs($0)))
  } slope: {
    sigmoid(-$0)
  }
}

extension Activation {
  /// The logarithm of the sigmoid function.
  public static let logSigmoid = Activation("log_sigmoid") { RanvierFunctions.logSigmoid($0) }
}
