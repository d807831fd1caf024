extension Kernel {
  /// The kernel on `f32` copies of operands of other types, which take scratch memory.
  func converting(_ operands: [TensorType]) -> Kernel {
    let casts = operands.map { operand in
      ElementLoop(
        shape: operand.shape, inputs: [operand],
        steps: [
          .init(
            .cast(from: operand.elementType, to: .float32), operands: [0], resultType: .float32)
        ], outputs: [0]
      ).makeKernel()
    }
    let offsets = operands.reduce(into: [0]) { offsets, operand in
      offsets.append((offsets[offsets.count - 1] + operand.shape.count * 4 + 63) & ~63)
    }
    let count = operands.count
    let inner = self
    return Kernel("f32 " + implementation, scratchBytes: offsets[count] + scratchBytes) {
      arguments in
      let scratch = arguments[count + 1]
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: count + 4) {
        pointers in
        // The last two serve one conversion after the other.
        for index in 0 ..< count {
          pointers[count + 2] = arguments[index]
          pointers[count + 3] = scratch + offsets[index]
          if let base = pointers.baseAddress {
            casts[index].body(KernelArguments(base: base + count + 2))
          }
          pointers[index] = scratch + offsets[index]
        }
        pointers[count] = arguments[count]
        pointers[count + 1] = scratch + offsets[count]
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
      }
    }
  }
}
