public import RanvierTensors

/// The logarithm of ``softmax(_:alongAxis:)``, computed without taking the logarithm of a rounded
/// probability.
///
/// `x - max(x) - log(sum(exp(x - max(x))))`
///
/// - Shapes: The result has the shape of `x`, which has at least one axis.
public func logSoftmax(_ x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  let shifted = shiftedByMaximum(x, alongAxis: axis, operation: "logSoftmax")
  return (shifted - log(exp(shifted).sum(alongAxes: [axis], keepingAxes: true)))
    .spelled("logSoftmax", x)
}

extension Activation {
  /// Logarithms of probabilities over the last axis.
  public static let logSoftmax = Activation(ofRows: "log_softmax") {
    RanvierFunctions.logSoftmax($0)
  }
}
