internal import CKernels

/// The largest element along axes; not-a-number if there is one.
///
/// Equal largest elements share the derivative.
package struct MaximumReduction: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "maximum_reduction" }
  package var spelling: String { "max(alongAxes:)" }
  package var reductionCode: UInt32 { CK_REDUCE_MAXIMUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    let shape = application.operand.shape
    let isChosen = equal(application.operand, restoringAxes(application.result, of: shape))
      .cast(to: application.cotangent.elementType)
    let share = application.cotangent / isChosen.sum(alongAxes: axes)
    return [restoringAxes(share, of: shape) * isChosen]
  }

  package func combine(_ first: Double, _ second: Double) -> Double {
    first.isNaN || second.isNaN ? .nan : second > first ? second : first
  }

  package func identity(_ type: ElementType) -> Double { type.lowestValue }

  package static var samples: [PrimitiveSample] { commonSamples(.distinct) }
}

extension Tensor {
  /// The largest element along axes (all by default); not-a-number if there is one.
  ///
  /// No elements give the lowest value of the type. Equal largest elements share the derivative.
  public func max(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(
      by: MaximumReduction.self, alongAxes: axes, keepingAxes: keepingAxes,
      spelling: "max(alongAxes:)")
  }
}
