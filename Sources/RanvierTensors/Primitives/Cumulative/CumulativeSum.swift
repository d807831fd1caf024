internal import CKernels

/// The sums of the elements up to each position of an axis.
package struct CumulativeSum: CumulativePrimitive {
  package let axis: Int
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "cumulative_sum" }
  package var spelling: String { "cumulativeSum(alongAxis:)" }
  package var operationCode: UInt32 { CK_SCAN_SUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    // An element is in all sums from its position on.
    [apply(CumulativeSum(axis: axis, isReversed: !isReversed), [application.cotangent])]
  }

  package func combine(_ total: Double, _ next: Double) -> Double { total + next }

  package static var samples: [PrimitiveSample] { commonSamples(.uniform(-2, 2)) }
}

extension Tensor {
  /// The sums of the elements up to each position of an axis, with the element there:
  /// `y[i] = x[0] + ... + x[i]`.
  ///
  /// The shape stays. Rounding errors do not pile up: the sums are carried along in `f32` for the
  /// 16-bit types, in `f64` for `f32`, and with a correction for `f64`. From a not-a-number on
  /// everything is not-a-number. Integers wrap; truth values are counted in `i32`.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted from the end if negative.
  ///   - reversed: Whether to sum from the end: `y[i] = x[i] + ... + x[n - 1]`.
  public func cumulativeSum(alongAxis axis: Int = -1, reversed: Bool = false) -> Tensor {
    (elementType == .bool ? cast(to: .int32) : self).accumulated(
      by: CumulativeSum.self, alongAxis: axis, reversed: reversed,
      spelling: "cumulativeSum(alongAxis:)")
  }
}
