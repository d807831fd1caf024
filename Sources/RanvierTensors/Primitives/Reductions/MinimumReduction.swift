internal import CKernels

/// The smallest element along axes; not-a-number if there is one.
///
/// Equal smallest elements share the derivative.
package struct MinimumReduction: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "minimum_reduction" }
  package var spelling: String { "min(alongAxes:)" }
  package var reductionCode: UInt32 { CK_REDUCE_MINIMUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    let shape = application.operand.shape
    let isChosen = equal(application.operand, restoringAxes(application.result, of: shape))
      .cast(to: application.cotangent.elementType)
    let share = application.cotangent / isChosen.sum(alongAxes: axes)
    return [restoringAxes(share, of: shape) * isChosen]
  }

  package func combine(_ first: Double, _ second: Double) -> Double {
    first.isNaN || second.isNaN ? .nan : second < first ? second : first
  }

  package func identity(_ type: ElementType) -> Double { type.highestValue }

  package static var samples: [PrimitiveSample] { commonSamples(.distinct) }
}

extension Tensor {
  /// The smallest element along axes (all by default); not-a-number if there is one.
  ///
  /// No elements give the highest value of the type. Equal smallest elements share the derivative.
  public func min(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(
      by: MinimumReduction.self, alongAxes: axes, keepingAxes: keepingAxes,
      spelling: "min(alongAxes:)")
  }
}
