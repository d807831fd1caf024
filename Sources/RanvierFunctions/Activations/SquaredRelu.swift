public import RanvierTensors

/// `max(x, 0)^2`, whose derivative is continuous.
///
/// - Source: So et al. 2021, arXiv:2109.08668.
public func squaredRelu(_ x: Tensor) -> Tensor { square(relu(x)).spelled("squaredRelu", x) }

extension Activation {
  /// The square of the rectified linear unit.
  public static let squaredRelu = Activation("squared_relu") { RanvierFunctions.squaredRelu($0) }
}
