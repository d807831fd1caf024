internal import CKernels

/// New random keys from a key and counters: the two words of each Threefry-2x32 block.
///
/// Operands: the key `u32[2]` and counters `u32[..., 2]` (high word first); or several keys
/// `u32[keys..., 2]`, each with counters of its own, `u32[keys..., ..., 2]`.
package struct DeriveKey: Primitive {
  package init() {}

  package var name: String { "derive_key" }
  package var spelling: String { "derived(_:)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireKeys(operands[0])
    let keys = operands[0].shape.sizes.dropLast()
    guard operands[1].elementType == .uint32, operands[1].shape.sizes.last == 2,
      operands[1].shape.sizes.dropLast().prefix(keys.count) == keys
    else {
      throw OperationError(
        operation: spelling,
        rule: "counters of type u32 and shape \(Shape(Array(keys)))[..., 2]",
        got: "\(operands[1])")
    }
    return [operands[1]]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // One key takes any counters; several need counters each.
    if batch.operands[0].rank == 1 { return applyAll(self, batch.operands) }
    return applyAll(self, [batch.repeated(0), batch.repeated(1)])
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let keys = operands[0].elements.map { UInt32($0) }
    let counters = operands[1].elements
    let words = stride(from: 0, to: counters.count, by: 2).flatMap { position in
      let counter = counters[position ... position + 1].map { UInt64($0) }
      let key = 2 * (position / (counters.count / (keys.count / 2)))
      let block = threefry(
        key: (keys[key], keys[key + 1]), counter: counter[0] << 32 | counter[1])
      return [Double(block.0), Double(block.1)]
    }
    return [ReferenceArray(resultTypes[0], words)]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let keys = operands[0].shape.count / 2
    let counters = operands[1].shape.count / 2 / Swift.max(keys, 1)
    return Kernel("derive key") { arguments in
      ck_derive_keys(
        arguments[2].assumingMemoryBound(to: UInt32.self),
        arguments[0].assumingMemoryBound(to: UInt32.self),
        arguments[1].assumingMemoryBound(to: UInt32.self), keys, counters)
    }
  }

  package static var samples: [PrimitiveSample] {
    let cases: [(keys: Shape, counters: Shape)] = [
      ([2], [2]), ([2], [3, 2]), ([2], [0, 2]), ([4, 2], [4, 2]), ([2, 2], [2, 3, 2]),
      ([0, 2], [0, 2]),
    ]
    return cases.map { keys, counters in
      PrimitiveSample(
        DeriveKey(),
        [
          .init(keys, .integers(0, 1 << 30), .uint32),
          .init(counters, .integers(0, 1 << 20), .uint32),
        ],
        isDifferentiable: false)
    }
  }
}
