extension Kernel {
  /// The kernel on `f32` copies of operands and results of 16 bits, which take scratch memory.
  ///
  /// - Parameters:
  ///   - operands: All operands; those of other types stay as they are.
  ///   - results: The results' types; `nil` for the one result of a kernel that stays as it is.
  func converting(_ operands: [TensorType], results: [TensorType]? = nil) -> Kernel {
    let operandCopies = operands.enumerated().compactMap { ConvertedCopy($1, at: $0) }
    let resultCopies = (results ?? []).enumerated().compactMap {
      ConvertedCopy($1, at: operands.count + $0, isResult: true)
    }
    let copies = operandCopies + resultCopies
    if copies.isEmpty { return self }
    let offsets = copies.reduce(into: [0]) { offsets, copy in
      offsets.append((offsets[offsets.count - 1] + copy.byteCount + 63) & ~63)
    }
    let scratchPosition = operands.count + (results?.count ?? 1)
    let inner = self
    return Kernel(
      "f32 " + implementation, scratchBytes: offsets[copies.count] + scratchBytes
    ) { arguments in
      let scratch = arguments[scratchPosition]
      withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer.self, capacity: scratchPosition + 3
      ) { pointers in
        guard let base = pointers.baseAddress else { return }
        for position in 0 ..< scratchPosition { pointers[position] = arguments[position] }
        for (copy, offset) in zip(copies, offsets) { pointers[copy.position] = scratch + offset }
        pointers[scratchPosition] = scratch + offsets[copies.count]
        // The last two serve one conversion after the other.
        let pair = base + scratchPosition + 1
        for copy in operandCopies {
          pair[0] = arguments[copy.position]
          pair[1] = pointers[copy.position]
          copy.cast.body(KernelArguments(base: pair))
        }
        inner.body(KernelArguments(base: base))
        for copy in resultCopies {
          pair[0] = pointers[copy.position]
          pair[1] = arguments[copy.position]
          copy.cast.body(KernelArguments(base: pair))
        }
      }
    }
  }
}

/// An `f32` copy of a 16-bit operand, or of a result before it is rounded.
private struct ConvertedCopy: Sendable {
  let position: Int
  let byteCount: Int
  let cast: Kernel

  /// `nil` for types that need no copy.
  init?(_ type: TensorType, at position: Int, isResult: Bool = false) {
    guard type.elementType.isNarrowFloat else { return nil }
    let (from, to): (ElementType, ElementType) =
      isResult ? (.float32, type.elementType) : (type.elementType, .float32)
    self.position = position
    byteCount = type.shape.count * ElementType.float32.byteCount
    cast = ElementLoop(
      shape: type.shape, inputs: [TensorType(from, type.shape)],
      steps: [.init(.cast(from: from, to: to), operands: [0], resultType: to)], outputs: [0]
    ).makeKernel()
  }
}
