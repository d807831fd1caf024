/// The same values, which the compiler takes for new ones: what is computed from them is not
/// recognized as computed already, and not before all of them are there.
///
/// Recomputation (`checkpointed`) needs it: without it, the second computation would be found to
/// equal the first, whose results would be kept instead.
package struct Barrier: Primitive {
  /// The number of values.
  package let count: Int

  package init(count: Int) { self.count = count }

  package var name: String { "barrier" }
  package var resultCount: Int { count }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    operands
  }

  package func pullback(_ application: Application) -> [Tensor?] { application.cotangents }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, batch.operands.indices.map { batch.repeated($0) })
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] { operands }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands.map(\.byteCount)
    let pairs = sizes.indices.map { Kernel.InPlacePair(operand: $0, result: $0) }
    return Kernel("copy", inPlacePairs: pairs) { arguments in
      for (index, size) in sizes.enumerated() {
        let (source, target) = (arguments[index], arguments[sizes.count + index])
        if source != target { target.copyMemory(from: source, byteCount: size) }
      }
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Barrier(count: 2), [.init([3]), .init([2, 2])]),
      PrimitiveSample(Barrier(count: 1), [.init([0, 2])]),
    ]
  }
}
