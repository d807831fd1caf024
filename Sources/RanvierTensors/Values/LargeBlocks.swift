#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import Synchronization

/// Memory for large tensors: mapped in huge pages where the system has them, and kept for a while
/// after use.
///
/// The first touch of fresh memory costs several times what computing an element-wise result does,
/// because the system hands it out in pages of 4 KB, each with an interrupt of its own. Blocks that
/// are given back are taken again by the next tensor of about that size; one that finds none lets
/// go of as many bytes as it maps, so that memory never grows beyond what was in use at one time.
package enum LargeBlocks {
  /// Smaller blocks are the allocator's, which keeps them by itself.
  package static let smallest = 1 << 20

  /// A range of mapped memory.
  package struct Block: Sendable {
    // The address is a number to this type; who owns the block uses it.
    package nonisolated(unsafe) let address: UnsafeMutableRawPointer
    package let byteCount: Int
  }

  private static let hugePage = 2 << 20
  private static let page = 4096

  /// At most this many bytes are kept: `RANVIER_KEPT_MEMORY`, else an eighth of the machine's memory
  /// up to 1 GB.
  private static let mostKept: Int = {
    if let text = getenv("RANVIER_KEPT_MEMORY"), let bytes = Int(String(cString: text)) {
      return max(0, bytes)
    }
    return min(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 8)
  }()

  /// Blocks that nobody uses, the oldest first.
  private struct Kept {
    var blocks: [Block] = []
    var byteCount = 0

    /// Removes the smallest block that is large enough without wasting an eighth.
    mutating func take(_ byteCount: Int) -> Block? {
      let fitting = blocks.indices.filter {
        blocks[$0].byteCount >= byteCount && blocks[$0].byteCount <= byteCount + byteCount / 8
      }
      guard let best = fitting.min(by: { blocks[$0].byteCount < blocks[$1].byteCount }) else {
        return nil
      }
      return remove(best)
    }

    /// Removes the oldest blocks until as many bytes are gone.
    mutating func takeOldest(_ byteCount: Int) -> [Block] {
      var taken: [Block] = []
      var bytes = 0
      while bytes < byteCount, !blocks.isEmpty {
        let block = remove(0)
        bytes += block.byteCount
        taken.append(block)
      }
      return taken
    }

    mutating func add(_ block: Block) {
      blocks.append(block)
      byteCount += block.byteCount
    }

    private mutating func remove(_ index: Int) -> Block {
      byteCount -= blocks[index].byteCount
      return blocks.remove(at: index)
    }
  }

  private static let kept = Mutex(Kept())

  /// A block of at least as many bytes, with undefined contents.
  package static func allocate(_ byteCount: Int) -> Block? {
    let needed = (byteCount + page - 1) / page * page
    let (known, released) = kept.withLock { kept -> (Block?, [Block]) in
      if let block = kept.take(needed) { return (block, []) }
      return (nil, kept.takeOldest(needed))
    }
    for block in released { unmap(block) }
    return known ?? map(needed)
  }

  /// Gives a block back.
  package static func free(_ block: Block) {
    let released = kept.withLock { kept in
      kept.add(block)
      return kept.takeOldest(kept.byteCount - mostKept)
    }
    for block in released { unmap(block) }
  }

  /// The number of bytes that are kept for later.
  package static var keptByteCount: Int { kept.withLock { $0.byteCount } }

  private static func map(_ byteCount: Int) -> Block? {
    let isHuge = byteCount >= hugePage
    let alignment = isHuge ? hugePage : page
    let total = byteCount + alignment - page
    guard
      let start = mmap(
        nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    let excess = UInt(bitPattern: start) % UInt(alignment)
    let head = excess == 0 ? 0 : alignment - Int(excess)
    if head > 0 { munmap(start, head) }
    let tail = total - head - byteCount
    if tail > 0 { munmap(start + head + byteCount, tail) }
    let address = start + head
    // Advice only: where it is not taken, pages are small and everything works as well.
    if isHuge { _ = madvise(address, byteCount, MADV_HUGEPAGE) }
    return Block(address: address, byteCount: byteCount)
  }

  private static func unmap(_ block: Block) { munmap(block.address, block.byteCount) }
}
