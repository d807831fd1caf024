internal import CKernels

/// The smallest element up to each position of an axis; not-a-number from the first one on.
///
/// Of equal elements the first one gets the derivative.
package struct CumulativeMinimum: CumulativePrimitive {
  package let axis: Int
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "cumulative_minimum" }
  package var spelling: String { "cumulativeMinimum(alongAxis:)" }
  package var operationCode: UInt32 { CK_SCAN_MINIMUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      cotangentOfLeaders(
        application, alongAxis: axis, isReversed: isReversed, entering: .infinity, leads: less)
    ]
  }

  package func combine(_ total: Double, _ next: Double) -> Double {
    total.isNaN || next.isNaN ? .nan : next < total ? next : total
  }

  package static var samples: [PrimitiveSample] { commonSamples(.distinct) }
}

extension Tensor {
  /// The smallest of the elements up to each position of an axis, with the element there.
  ///
  /// The shape stays. From a not-a-number on everything is not-a-number. Of equal elements the first
  /// one on the way gets the derivative.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted from the end if negative.
  ///   - reversed: Whether to begin at the end of the axis.
  public func cumulativeMinimum(alongAxis axis: Int = -1, reversed: Bool = false) -> Tensor {
    accumulated(
      by: CumulativeMinimum.self, alongAxis: axis, reversed: reversed,
      spelling: "cumulativeMinimum(alongAxis:)")
  }
}
