internal import CKernels

/// Whether all are true along axes; true for no elements.
package struct AllReduction: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "all_reduction" }
  package var spelling: String { "all(alongAxes:)" }
  package var reductionCode: UInt32 { CK_REDUCE_ALL.rawValue }
  package var reducesBool: Bool { true }

  package func pullback(_ application: Application) -> [Tensor?] { [nil] }

  package func combine(_ first: Double, _ second: Double) -> Double {
    first != 0 && second != 0 ? 1 : 0
  }
  package func identity(_ type: ElementType) -> Double { 1 }

  package static var samples: [PrimitiveSample] {
    [[3, 4], [2, 1], [2, 0]].map { shape in
      PrimitiveSample(
        AllReduction(axes: [1]), [.init(shape, .integers(0, 1), .bool)], isDifferentiable: false)
    }
  }
}

extension Tensor {
  /// Whether all are true along axes (by default over the whole tensor); numbers count as true if
  /// they are not 0.
  public func all(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    cast(to: .bool).reduced(
      by: AllReduction.self, alongAxes: axes, keepingAxes: keepingAxes, spelling: "all(alongAxes:)")
  }
}
