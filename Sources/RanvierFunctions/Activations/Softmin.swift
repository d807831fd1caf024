public import RanvierTensors

/// Probabilities that are larger the smaller an element is: `softmax(-x)` along an axis.
///
/// - Shapes: The result has the shape of `x`, which has at least one axis.
public func softmin(_ x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  softmax(-x, alongAxis: axis).spelled("softmin", x)
}

extension Activation {
  /// Probabilities over the last axis that are larger the smaller an element is.
  public static let softmin = Activation(ofRows: "softmin") { RanvierFunctions.softmin($0) }
}
