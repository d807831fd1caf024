internal import CKernels

/// The sum of elements along axes; 0 for none.
package struct Sum: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "sum" }
  package var spelling: String { "sum(alongAxes:)" }
  package var reductionCode: UInt32 { CK_REDUCE_SUM.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    let shape = application.operand.shape
    return [restoringAxes(application.cotangent, of: shape).broadcast(to: shape)]
  }

  package func combine(_ first: Double, _ second: Double) -> Double { first + second }
  package func identity(_ type: ElementType) -> Double { 0 }

  package static var samples: [PrimitiveSample] { commonSamples(.uniform(-2, 2)) }
}

extension Tensor {
  /// The sum of the elements along axes (all by default).
  ///
  /// Sums are cascaded: the error grows with the logarithm of the number of elements. Integers
  /// wrap.
  public func sum(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    if elementType == .bool {
      return cast(to: .int32).sum(alongAxes: axes, keepingAxes: keepingAxes)
    }
    return reduced(
      by: Sum.self, alongAxes: axes, keepingAxes: keepingAxes, spelling: "sum(alongAxes:)")
  }
}
