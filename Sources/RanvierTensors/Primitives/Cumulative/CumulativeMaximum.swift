internal import CKernels

/// The largest element up to each position of an axis; not-a-number from the first one on.
///
/// Of equal elements the first one gets the derivative.
package struct CumulativeMaximum: CumulativePrimitive {
  package let axis: Int
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "cumulative_maximum" }
  package var spelling: String { "cumulativeMaximum(alongAxis:)" }
  package var operationCode: UInt32 { CK_SCAN_MAXIMUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      cotangentOfLeaders(
        application, alongAxis: axis, isReversed: isReversed, entering: -.infinity, leads: greater)
    ]
  }

  package func combine(_ total: Double, _ next: Double) -> Double {
    total.isNaN || next.isNaN ? .nan : next > total ? next : total
  }

  package static var samples: [PrimitiveSample] { commonSamples(.distinct) }
}

extension Tensor {
  /// The largest of the elements up to each position of an axis, with the element there.
  ///
  /// The shape stays. From a not-a-number on everything is not-a-number. Of equal elements the first
  /// one on the way gets the derivative.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted from the end if negative.
  ///   - reversed: Whether to begin at the end of the axis.
  public func cumulativeMaximum(alongAxis axis: Int = -1, reversed: Bool = false) -> Tensor {
    accumulated(
      by: CumulativeMaximum.self, alongAxis: axis, reversed: reversed,
      spelling: "cumulativeMaximum(alongAxis:)")
  }
}

/// The derivative of cumulative maxima and minima: each cotangent belongs to the element that led
/// when its result was taken.
///
/// - Parameters:
///   - value: What leads before the first element.
///   - leads: Whether an element takes over from the one that led before.
func cotangentOfLeaders(
  _ application: Application, alongAxis axis: Int, isReversed: Bool, entering value: Double,
  leads: (Tensor, Tensor) -> Tensor
) -> Tensor {
  let (x, cotangent) = (application.operand, application.cotangent)
  guard x.shape[axis] > 0 else { return cotangent }
  let before = application.result.shifted(alongAxis: axis, isReversed: isReversed, entering: value)
  // The first element leads whatever it is; not-a-number leads when it comes up.
  let isFirst = Tensor.zeros(x.shape, elementType: .int8)
    .shifted(alongAxis: axis, isReversed: isReversed, entering: 1).cast(to: .bool)
  let isUndefined = bitwiseAnd(isNaN(x), bitwiseNot(isNaN(before)))
  let isLeader = bitwiseOr(isFirst, bitwiseOr(leads(x, before), isUndefined))
  // Cotangents run back to the leader, which stops them.
  let passes = bitwiseNot(isLeader).cast(to: cotangent.elementType)
    .shifted(alongAxis: axis, isReversed: !isReversed, entering: 0)
  let total: Tensor = apply(
    LinearRecurrence(axis: axis, isReversed: !isReversed), [passes, cotangent])
  return select(isLeader, total, 0)
}
