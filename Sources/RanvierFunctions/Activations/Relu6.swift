public import RanvierTensors

/// `min(max(x, 0), 6)`; the derivative is 0 at 0 and at 6.
///
/// - Source: Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10".
public func relu6(_ x: Tensor) -> Tensor { hardTanh(x, from: 0, to: 6).spelled("relu6", x) }

extension Activation {
  /// Elements limited to the interval from 0 to 6.
  public static let relu6 = Activation("relu6") { RanvierFunctions.relu6($0) }
}
