import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How fast this machine copies memory on all threads: what element-wise work refers to.
final class CopyCeiling {
  /// Several times what the caches hold.
  private static let byteCount = 256 << 20
  private let threads: Int
  private let source = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
  private let target = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
  private var samples = Samples()

  init(threads: Int) {
    self.threads = threads
    // Memory that was never written has no pages yet.
    memset(source, 1, CopyCeiling.byteCount)
    memset(target, 2, CopyCeiling.byteCount)
  }

  deinit {
    source.deallocate()
    target.deallocate()
  }

  /// Copies for some seconds, each thread its part.
  func measure(seconds: Double) {
    let part = CopyCeiling.byteCount / threads
    // Threads get addresses, because pointers do not cross; their parts do not overlap.
    let (from, to) = (UInt(bitPattern: source), UInt(bitPattern: target))
    samples.append(
      Samples.measured(seconds: seconds) {
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
          let offset = UInt(thread * part)
          guard let source = UnsafeRawPointer(bitPattern: from + offset),
            let target = UnsafeMutableRawPointer(bitPattern: to + offset)
          else { fatalError("a buffer cannot be at address 0") }
          memcpy(target, source, part)
        }
      })
  }

  /// Bytes read and written a second by the median copy, in GB/s.
  var gigabytesPerSecond: Double {
    2 * Double(CopyCeiling.byteCount / threads * threads) / (samples.median * 1e6)
  }
}
