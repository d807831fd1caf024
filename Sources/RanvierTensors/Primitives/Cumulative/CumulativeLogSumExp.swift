internal import CKernels
internal import Foundation

/// `log(sum(exp(x)))` of the elements up to each position of an axis.
package struct CumulativeLogSumExp: CumulativePrimitive {
  package let axis: Int
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "cumulative_log_sum_exp" }
  package var spelling: String { "cumulativeLogSumExp(alongAxis:)" }
  package var operationCode: UInt32 { CK_SCAN_LOG_SUM_EXP.rawValue }
  package var needsFloatingPoint: Bool { true }

  package func pullback(_ application: Application) -> [Tensor?] {
    // exp(y[i]) = exp(y[i-1]) + exp(x[i]). The cotangent of y[i] from all that follows is its own
    // plus that of y[i+1] times exp(y[i] - y[i+1]), which is at most 1, as is exp(x[i] - y[i]).
    let (x, y) = (application.operand, application.result)
    let following = y.shifted(alongAxis: axis, isReversed: !isReversed, entering: 0)
    let total: Tensor = apply(
      LinearRecurrence(axis: axis, isReversed: !isReversed),
      [share(of: y, in: following), application.cotangent])
    return [total * share(of: x, in: y)]
  }

  /// `exp(term - total)`, where a total of minus infinity has no shares.
  private func share(of term: Tensor, in total: Tensor) -> Tensor {
    let isNothing = equal(total, -Double.infinity)
    return select(isNothing, 0, exp(select(isNothing, 0, term - total)))
  }

  package func combine(_ total: Double, _ next: Double) -> Double {
    if total.isNaN || next.isNaN { return .nan }
    let larger = Swift.max(total, next)
    guard larger.isFinite else { return larger }
    return larger + Foundation.log1p(Foundation.exp(Swift.min(total, next) - larger))
  }

  package static var samples: [PrimitiveSample] { commonSamples(.uniform(-3, 3)) }
}

extension Tensor {
  /// `log(sum(exp(x)))` of the elements up to each position of an axis, with the element there,
  /// without overflow.
  ///
  /// The shape stays. Minus infinity is the neutral element, infinity stays, and from a not-a-number
  /// on everything is not-a-number. Each derivative is the element's share in the sum; it is 0 where
  /// the result is minus infinity, and not-a-number where it is infinity.
  ///
  /// - Parameters:
  ///   - axis: The axis, counted from the end if negative.
  ///   - reversed: Whether to begin at the end of the axis.
  public func cumulativeLogSumExp(alongAxis axis: Int = -1, reversed: Bool = false) -> Tensor {
    accumulated(
      by: CumulativeLogSumExp.self, alongAxis: axis, reversed: reversed,
      spelling: "cumulativeLogSumExp(alongAxis:)")
  }
}
