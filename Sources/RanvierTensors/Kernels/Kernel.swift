internal import CKernels

/// A primitive prepared for operands of fixed types: what a plan runs.
package struct Kernel: Sendable {
  /// Bytes of temporary memory one run needs.
  package var scratchBytes: Int
  /// An operand whose memory a result of the same size may take over.
  package struct InPlacePair: Sendable, Hashable {
    package var operand: Int
    package var result: Int

    package init(operand: Int, result: Int) {
      self.operand = operand
      self.result = result
    }
  }

  /// How an operand that never changes is laid out once, before the first run.
  package struct Packing: Sendable {
    /// The operand that runs expect in the kernel's own layout.
    package var operand: Int
    /// The bytes of that layout.
    package var byteCount: Int
    /// Copies the operand (first) into that layout (second).
    package var pack: @Sendable (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  }

  /// The layout of a constant operand, if the kernel was made for one and wants another layout.
  package var packing: Packing?
  /// Which results may be written over which operands.
  package var inPlacePairs: [InPlacePair]
  /// What does the work, for plans that are printed.
  package var implementation: String
  /// What has to be done once before runs that share the operands which never change; those are
  /// already among the pointers.
  package var prologue: (@Sendable (KernelArguments) -> Void)?
  /// Runs on pointers: operands, then results, then scratch memory.
  package var body: @Sendable (KernelArguments) -> Void

  package init(
    _ implementation: String, scratchBytes: Int = 0, inPlacePairs: [InPlacePair] = [],
    body: @escaping @Sendable (KernelArguments) -> Void
  ) {
    self.implementation = implementation
    self.scratchBytes = scratchBytes
    self.inPlacePairs = inPlacePairs
    self.body = body
  }

  /// Runs on whole tensors' memory, allocating scratch memory.
  package func run(operands: [Storage], results: [Storage]) {
    ck_prepare_thread()
    let scratch = Storage(byteCount: scratchBytes)
    withExtendedLifetime((operands, results, scratch)) {
      var pointers = operands.map(\.address)
      pointers += results.map(\.address)
      pointers.append(scratch.address)
      pointers.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { body(KernelArguments(base: base)) }
      }
    }
  }
}

/// The pointers a kernel runs on.
package struct KernelArguments {
  package let base: UnsafePointer<UnsafeMutableRawPointer>

  package init(base: UnsafePointer<UnsafeMutableRawPointer>) { self.base = base }

  package subscript(index: Int) -> UnsafeMutableRawPointer { base[index] }
}

extension ElementType {
  /// The same type in the C kernels' numbering.
  var ckType: ck_type { ck_type(UInt32(rawValue)) }
}

extension UnsafeMutableRawPointer {
  /// The same address as one of f32 elements.
  var elements: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
}
