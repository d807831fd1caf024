#if OneDNN
  internal import CKernels
  internal import COneDNN

  /// A oneDNN primitive; used by one thread at a time.
  final class OneDNNKernel: @unchecked Sendable {
    // Unchecked: the object behind the pointer is not re-entrant, and kernels are never run by two threads at once.
    private let kernel: OpaquePointer

    private init(_ kernel: OpaquePointer) { self.kernel = kernel }

    deinit { odnn_destroy(kernel) }

    /// Work below this many floating-point operations runs on one thread: waking another would take longer.
    private static let workWorthThreads = 3.0e6

    /// Wraps what `create` returns; `nil` if oneDNN cannot do it.
    static func make(
      _ name: String, operandCount: Int, work: Double,
      create: (UnsafeMutablePointer<CChar>, Int) -> OpaquePointer?
    ) -> Kernel? {
      let isSmall = work < workWorthThreads
      ck_prepare_thread()
      let limit = isSmall ? ck_limit_threads(1) : 0
      defer { if isSmall { _ = ck_limit_threads(limit) } }
      let created = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
        text.baseAddress.flatMap { create($0, 512) }
      }
      guard let created else { return nil }
      let object = OneDNNKernel(created)
      let implementation = "onednn \(name) " + String(cString: odnn_implementation(created))
      return Kernel(implementation, scratchBytes: odnn_scratch_bytes(created)) { arguments in
        let limit = isSmall ? ck_limit_threads(1) : 0
        UnsafeRawPointer(arguments.base).withMemoryRebound(
          to: UnsafeRawPointer?.self, capacity: operandCount
        ) { operands in
          let status = odnn_run(
            object.kernel, operands, arguments[operandCount], arguments[operandCount + 1])
          precondition(status == 0, "oneDNN failed with status \(status) in \(implementation)")
        }
        if isSmall { _ = ck_limit_threads(limit) }
      }
    }
  }
#endif
