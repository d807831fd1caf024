internal import CKernels

/// The products of the elements up to each position of an axis.
package struct CumulativeProduct: CumulativePrimitive {
  package let axis: Int
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "cumulative_product" }
  package var spelling: String { "cumulativeProduct(alongAxis:)" }
  package var operationCode: UInt32 { CK_SCAN_PRODUCT.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    // y[i] = x[i] y[i-1]. The cotangent of y[i] from all that follows is its own plus x[i+1] times
    // that of y[i+1]. Nothing is divided, so that zeros do no harm.
    let before = application.result.shifted(alongAxis: axis, isReversed: isReversed, entering: 1)
    let following = application.operand.shifted(
      alongAxis: axis, isReversed: !isReversed, entering: 1)
    let total: Tensor = apply(
      LinearRecurrence(axis: axis, isReversed: !isReversed), [following, application.cotangent])
    return [total * before]
  }

  package func combine(_ total: Double, _ next: Double) -> Double { total * next }

  package static var samples: [PrimitiveSample] {
    // Zeros among the elements are where derivatives by division would fail.
    commonSamples(.uniform(-2, 2)) + [
      PrimitiveSample(CumulativeProduct(axis: 1, isReversed: false), [.init([6, 5], zeros)]),
      PrimitiveSample(CumulativeProduct(axis: 0, isReversed: true), [.init([5, 6], zeros)]),
    ]
  }

  private static let zeros = PrimitiveSample.Values.integers(-1, 2)
}

extension Tensor {
  /// The products of the elements up to each position of an axis, with the element there:
  /// `y[i] = x[0] * ... * x[i]`.
  ///
  /// The shape stays. Products are carried along in `f32` for the 16-bit types and in `f64` for
  /// `f32`, so that an overflow on the way passes. From a not-a-number on everything is not-a-number.
  /// Integers wrap; truth values are multiplied as `i32`. Derivatives are right for zeros among the
  /// elements too.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted from the end if negative.
  ///   - reversed: Whether to multiply from the end: `y[i] = x[i] * ... * x[n - 1]`.
  public func cumulativeProduct(alongAxis axis: Int = -1, reversed: Bool = false) -> Tensor {
    (elementType == .bool ? cast(to: .int32) : self).accumulated(
      by: CumulativeProduct.self, alongAxis: axis, reversed: reversed,
      spelling: "cumulativeProduct(alongAxis:)")
  }
}
