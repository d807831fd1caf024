public import RanvierTensors

/// Probabilities proportional to the exponentials of the elements along an axis.
///
/// `exp(x - max(x)) / sum(exp(x - max(x)))`; the shift by the largest element keeps large inputs
/// finite.
///
/// - Shapes: The result has the shape of `x`, which has at least one axis.
public func softmax(_ x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  let powers = exp(shiftedByMaximum(x, alongAxis: axis, operation: "softmax"))
  return (powers / powers.sum(alongAxes: [axis], keepingAxes: true)).spelled("softmax", x)
}

/// The elements minus the largest along an axis, which derivatives take for a constant.
func shiftedByMaximum(_ x: Tensor, alongAxis axis: Int, operation: String) -> Tensor {
  do {
    let axes = try x.normalizedAxes([axis], operation: operation)
    return x - stopGradient(x.max(alongAxes: axes, keepingAxes: true))
  } catch {
    return Tensor(invalid: error)
  }
}

extension Activation {
  /// Probabilities over the last axis.
  public static let softmax = Activation(ofRows: "softmax") { RanvierFunctions.softmax($0) }
}
