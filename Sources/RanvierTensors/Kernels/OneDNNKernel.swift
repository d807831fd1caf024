#if OneDNN
  internal import CKernels
  internal import COneDNN

  /// A oneDNN primitive; used by one thread at a time.
  final class OneDNNKernel: @unchecked Sendable {
    // Unchecked: the object behind the pointer is not re-entrant, and kernels are never run by two
    // threads at once.
    private let kernel: OpaquePointer

    private init(_ kernel: OpaquePointer) { self.kernel = kernel }

    deinit { odnn_destroy(kernel) }

    /// How much a kernel has to do: operations, and bytes that it reads and writes.
    struct Work {
      var operations: Double
      var bytes: Double

      /// Roughly how long one thread takes: a core does about 150 operations, and moves about 100
      /// bytes from its caches, in a nanosecond.
      private var nanoseconds: Double { Swift.max(operations / 150, bytes / 100) }

      /// Whether waking another thread, which takes one to two microseconds at best, is worth it.
      var isWorthThreads: Bool { nanoseconds > 6_000 }
    }

    /// Whether oneDNN multiplies numbers of a type faster than as `f32`, or `f32` itself.
    static func multiplies(_ type: ElementType) -> Bool {
      type == .float32 || type == .bfloat16 && multipliesBFloat16
    }

    private static let multipliesBFloat16 = odnn_multiplies_bf16()

    /// Wraps what `create` returns; `nil` if oneDNN cannot do it.
    static func make(
      _ name: String, _ type: ElementType, operandCount: Int, work: Work,
      create: (UnsafeMutablePointer<CChar>, Int) -> OpaquePointer?
    ) -> Kernel? {
      // oneDNN cuts work and scratch memory for the threads there are when a kernel is made; it
      // must run on as many, though the process may have changed its mind meanwhile.
      ck_prepare_thread()
      let most = Determinism.kernelThreads.map { Int32($0) } ?? ck_thread_count()
      let threads = work.isWorthThreads ? most : 1
      let earlier = ck_exchange_threads(threads)
      defer { _ = ck_exchange_threads(earlier) }
      let created = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
        text.baseAddress.flatMap { create($0, 512) }
      }
      guard let created else { return nil }
      let object = OneDNNKernel(created)
      let implementation = "onednn \(name) " + String(cString: odnn_implementation(created))
      // A loop without vectors is slower than a product of widened operands.
      if type != .float32, implementation.contains("ref") { return nil }
      var kernel = Kernel(implementation, scratchBytes: odnn_scratch_bytes(created)) { arguments in
        let earlier = ck_exchange_threads(threads)
        defer { _ = ck_exchange_threads(earlier) }
        UnsafeRawPointer(arguments.base).withMemoryRebound(
          to: UnsafeRawPointer?.self, capacity: operandCount
        ) { operands in
          let status = odnn_run(
            object.kernel, operands, arguments[operandCount], arguments[operandCount + 1])
          guard status == 0 else {
            fatalError("oneDNN failed with status \(status) in \(implementation)")
          }
        }
      }
      let packedBytes = odnn_packed_bytes(created)
      if packedBytes > 0 {
        kernel.packing = Kernel.Packing(operand: 1, byteCount: packedBytes) { plain, packed in
          let status = odnn_pack(object.kernel, plain, packed)
          guard status == 0 else {
            fatalError("oneDNN failed with status \(status) to pack for \(implementation)")
          }
        }
      }
      return kernel
    }
  }

  extension ElementType {
    /// The same type in oneDNN's numbering, if it is one that oneDNN multiplies.
    var oneDNN: odnn_type {
      switch self {
      case .bfloat16: ODNN_BF16
      case .float16: ODNN_F16
      default: ODNN_F32
      }
    }
  }
#endif
