#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The memory of a tensor: 64-byte aligned bytes that live as long as the object.
///
/// Unchecked `Sendable` is sound because bytes are only written by whoever has just created the
/// storage, or holds the only reference to it (`isKnownUniquelyReferenced`); once shared, storage
/// is only read.
package final class Storage: @unchecked Sendable {
  /// The first byte.
  package let address: UnsafeMutableRawPointer
  /// The number of usable bytes.
  package let byteCount: Int
  /// What the memory is part of, if it is large.
  private let block: LargeBlocks.Block?

  /// Allocates memory whose contents are undefined.
  package init(byteCount: Int) {
    self.byteCount = byteCount
    if byteCount >= LargeBlocks.smallest {
      guard let block = LargeBlocks.allocate(byteCount) else { Storage.fail(byteCount) }
      self.block = block
      address = block.address
      return
    }
    block = nil
    // A multiple of the alignment, and never zero bytes, so that every storage has an address.
    let rounded = max(64, (byteCount + 63) & ~63)
    guard let address = aligned_alloc(64, rounded) else { Storage.fail(byteCount) }
    self.address = address
  }

  private static func fail(_ byteCount: Int) -> Never {
    fatalError("out of memory: a tensor of \(byteCount) bytes could not be allocated")
  }

  deinit {
    if let block { LargeBlocks.free(block) } else { free(address) }
  }

  /// Allocates memory of zero bytes.
  package static func zeroed(byteCount: Int) -> Storage {
    let storage = Storage(byteCount: byteCount)
    memset(storage.address, 0, byteCount)
    return storage
  }

  /// A copy of the bytes.
  package func copy() -> Storage {
    let copy = Storage(byteCount: byteCount)
    memcpy(copy.address, address, byteCount)
    return copy
  }
}
