public import RanvierTensors

/// The logarithm of ``softmax(_:alongAxis:)``, computed without taking the logarithm of a rounded
/// probability.
///
/// `x - max(x) - log(sum(exp(x - max(x))))`
///
/// - Shapes: The result has the shape of `x`, which has at least one axis.
public func logSoftmax(_ x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  rows("logSoftmax", x, alongAxis: axis) { x, axes in
    let distance = belowMaximum(x, axes)
    return distance - log(exp(distance).sum(alongAxes: axes, keepingAxes: true))
  } pullback: { result, cotangent, axes in
    cotangent - exp(result) * cotangent.sum(alongAxes: axes, keepingAxes: true)
  }
}

extension Activation {
  /// Logarithms of probabilities over the last axis.
  public static let logSoftmax = Activation(ofRows: "log_softmax") {
    RanvierFunctions.logSoftmax($0)
  }
}
