internal import CKernels

/// Uniformly distributed 32-bit words, computed from a key and each element's position.
///
/// Element i is `x0 ^ x1` of Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random
/// numbers: as easy as 1, 2, 3") at counter i, the same words as JAX's partitionable threefry.
package struct RandomBits: Primitive {
  package let shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package var name: String { "random_bits" }
  package var description: String { "random_bits \(shape)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireKey(operands[0])
    return [TensorType(.uint32, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil] }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let key = operands[0].elements.map { UInt32($0) }
    let words = (0 ..< shape.count).map { position in
      let block = threefry(key: (key[0], key[1]), counter: UInt64(position))
      return Double(block.0 ^ block.1)
    }
    return [ReferenceArray(resultTypes[0], words)]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    ElementLoop(
      shape: shape, inputs: operands,
      steps: [ElementLoop.Step(.randomBits, operands: [0], resultType: .uint32)], outputs: [0]
    ).makeKernel()
  }

  package static var samples: [PrimitiveSample] {
    [[5], [3, 4], [], [0], [3000]].map {
      PrimitiveSample(
        RandomBits(shape: $0), [.init([2], .integers(0, 1 << 30), .uint32)], isDifferentiable: false
      )
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
  func requireKey(_ type: TensorType) throws(OperationError) {
    guard type == TensorType(.uint32, [2]) else {
      throw OperationError(
        operation: name, rule: "a random key, u32[2]", got: "\(type)",
        hint: "make one with RandomKey(seed:)")
    }
  }
}
