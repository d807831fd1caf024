internal import CKernels

/// New random keys from a key and counters: the two words of each Threefry-2x32 block.
///
/// Operands: the key `u32[2]` and counters `u32[..., 2]` (high word first).
package struct DeriveKey: Primitive {
  package init() {}

  package var name: String { "derive_key" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireKey(operands[0])
    guard operands[1].elementType == .uint32, operands[1].shape.sizes.last == 2 else {
      throw OperationError(
        operation: name, rule: "counters of type u32 and shape [..., 2]", got: "\(operands[1])")
    }
    return [operands[1]]
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let key = operands[0].elements.map { UInt32($0) }
    let words = stride(from: 0, to: operands[1].elements.count, by: 2).flatMap { position in
      let counter = operands[1].elements[position ... position + 1].map { UInt64($0) }
      let block = threefry(key: (key[0], key[1]), counter: counter[0] << 32 | counter[1])
      return [Double(block.0), Double(block.1)]
    }
    return [ReferenceArray(resultTypes[0], words)]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let blocks = operands[1].shape.count / 2
    return Kernel("derive key") { arguments in
      let key = arguments[0].assumingMemoryBound(to: UInt32.self)
      let counters = arguments[1].assumingMemoryBound(to: UInt32.self)
      let keys = arguments[2].assumingMemoryBound(to: UInt32.self)
      for block in 0 ..< blocks { ck_threefry2x32(key, counters + 2 * block, keys + 2 * block) }
    }
  }

  package static var samples: [PrimitiveSample] {
    [[2], [3, 2], [0, 2]].map { shape in
      PrimitiveSample(
        DeriveKey(),
        [
          .init([2], .integers(0, 1 << 30), .uint32),
          .init(Shape(shape), .integers(0, 1 << 20), .uint32),
        ],
        isDifferentiable: false)
    }
  }
}
