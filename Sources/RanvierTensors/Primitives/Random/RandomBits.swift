internal import CKernels

/// Uniformly distributed 32-bit words, computed from a key and each element's position.
///
/// Element i is `x0 ^ x1` of Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random
/// numbers: as easy as 1, 2, 3") at counter i, the same words as JAX's partitionable threefry.
///
/// Operand: a key, `u32[2]`, or several, `u32[..., 2]`, whose axes then come first in the result.
package struct RandomBits: Primitive {
  package let shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package var name: String { "random_bits" }
  package var spelling: String { "bits(_:)" }
  package var description: String { "random_bits \(shape)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireKeys(operands[0])
    return [TensorType(.uint32, Shape(operands[0].shape.sizes.dropLast() + shape.sizes))]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, batch.operands)
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil] }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let keys = operands[0].elements.map { UInt32($0) }
    let words = stride(from: 0, to: keys.count, by: 2).flatMap { key in
      (0 ..< shape.count).map { position in
        let block = threefry(key: (keys[key], keys[key + 1]), counter: UInt64(position))
        return Double(block.0 ^ block.1)
      }
    }
    return [ReferenceArray(resultTypes[0], words)]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    if operands[0].shape.rank > 1 {
      let (keys, words) = (operands[0].shape.count / 2, shape.count)
      return Kernel("random bits of keys") { arguments in
        ck_random_bits_of_keys(
          arguments[1].assumingMemoryBound(to: UInt32.self),
          arguments[0].assumingMemoryBound(to: UInt32.self), keys, words)
      }
    }
    return ElementLoop(
      shape: shape, inputs: operands,
      steps: [ElementLoop.Step(.randomBits, operands: [0], resultType: .uint32)], outputs: [0]
    ).makeKernel()
  }

  package static var samples: [PrimitiveSample] {
    let cases: [(keys: Shape, shape: Shape)] = [
      ([2], [5]), ([2], [3, 4]), ([2], []), ([2], [0]), ([2], [3000]), ([3, 2], [4, 5]),
      ([2, 2, 2], []), ([0, 2], [3]),
    ]
    return cases.map { keys, shape in
      PrimitiveSample(
        RandomBits(shape: shape), [.init(keys, .integers(0, 1 << 30), .uint32)],
        isDifferentiable: false)
    }
  }
}

/// Threefry-2x32 with 20 rounds, written out plainly.
func threefry(key: (UInt32, UInt32), counter: UInt64) -> (UInt32, UInt32) {
  let rotations: [UInt32] = [13, 15, 26, 6, 17, 29, 16, 24]
  let schedule = [key.0, key.1, key.0 ^ key.1 ^ 0x1BD1_1BDA]
  var x0 = UInt32(truncatingIfNeeded: counter >> 32) &+ schedule[0]
  var x1 = UInt32(truncatingIfNeeded: counter) &+ schedule[1]
  for round in 0 ..< 20 {
    let rotation = rotations[round % 8]
    x0 &+= x1
    x1 = (x1 << rotation | x1 >> (32 - rotation)) ^ x0
    if round % 4 == 3 {
      let injection = round / 4 + 1
      x0 &+= schedule[injection % 3]
      x1 &+= schedule[(injection + 1) % 3] &+ UInt32(injection)
    }
  }
  return (x0, x1)
}

extension Primitive {
  /// Checks that a type is that of a random key, or of several along leading axes.
  func requireKeys(_ type: TensorType) throws(OperationError) {
    guard type.elementType == .uint32, type.shape.sizes.last == 2 else {
      throw OperationError(
        operation: spelling, rule: "a random key, u32[2]", got: "\(type)",
        hint: "make one with RandomKey(seed:)")
    }
  }
}
