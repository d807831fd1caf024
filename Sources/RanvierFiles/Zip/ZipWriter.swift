internal import Foundation

/// Writes zip files member by member.
///
/// Equal members give equal bytes: all carry the format's earliest date. Numbers that do not fit
/// into 32 bits are written with 64.
struct ZipWriter {
  private let write: (UnsafeRawBufferPointer) throws -> Void
  /// Numbers from this on are written with 64 bits.
  private let limit: UInt64
  private var offset: UInt64 = 0
  private var count: UInt64 = 0
  private var directory: [UInt8] = []

  static let narrowLimit: UInt64 = 0xFFFF_FFFF
  /// The version of the format that is needed to read 64-bit numbers.
  private static let version = 45
  /// 1 January 1980.
  private static let date = 1 << 5 | 1

  /// Starts an archive; `limit` is at most ``narrowLimit``.
  init(limit: UInt64, write: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.limit = limit
    self.write = write
  }

  /// Writes a member whose contents are the bytes of several buffers, one after the other.
  mutating func add(_ name: String, _ buffers: [Data], isDeflated: Bool) throws {
    let checksum = buffers.reduce(UInt(0)) { checksum, buffer in
      buffer.withUnsafeBytes { Deflate.checksum($0, after: checksum) }
    }
    let stored = isDeflated ? [Deflate.deflate(buffers)] : buffers
    let size = UInt64(buffers.reduce(0) { $0 + $1.count })
    let compressedSize = UInt64(stored.reduce(0) { $0 + $1.count })

    // What a member's own header and its entry in the directory have in common.
    func common(_ wide: [UInt64], _ extraCount: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.append16(ZipWriter.version)
      // Names are text in UTF-8.
      bytes.append16(1 << 11)
      bytes.append16(isDeflated ? 8 : 0)
      bytes.append16(0)
      bytes.append16(ZipWriter.date)
      bytes.append32(UInt64(checksum))
      bytes.append32(narrow(compressedSize))
      bytes.append32(narrow(size))
      bytes.append16(name.utf8.count)
      bytes.append16(extraCount)
      return bytes
    }
    // A member's own header has both sizes or none in 64 bits.
    let sizes = [size, compressedSize].contains { $0 >= limit } ? [size, compressedSize] : []
    let sizeField = field(sizes)
    var header: [UInt8] = []
    header.append32(0x0403_4B50)
    header += common(sizes, sizeField.count)
    header += Array(name.utf8) + sizeField
    if !sizes.isEmpty {
      header.replaceSubrange(18 ..< 26, with: [UInt8](repeating: 0xFF, count: 8))
    }

    let entryField = field([size, compressedSize, offset].filter { $0 >= limit })
    directory.append32(0x0201_4B50)
    directory.append16(ZipWriter.version)
    directory += common([], entryField.count)
    // Comment, disk, and attributes.
    directory.append16(0)
    directory.append16(0)
    directory.append16(0)
    directory.append32(0)
    directory.append32(narrow(offset))
    directory += Array(name.utf8) + entryField

    try header.withUnsafeBytes { try write($0) }
    for buffer in stored { try buffer.withUnsafeBytes { try write($0) } }
    offset += UInt64(header.count) + compressedSize
    count += 1
  }

  /// Writes the directory; nothing can be added afterwards.
  func finish() throws {
    let size = UInt64(directory.count)
    var end: [UInt8] = []
    if count >= 0xFFFF || [size, offset].contains(where: { $0 >= limit }) {
      end.append32(0x0606_4B50)
      end.append64(44)
      end.append16(ZipWriter.version)
      end.append16(ZipWriter.version)
      end.append32(0)
      end.append32(0)
      end.append64(count)
      end.append64(count)
      end.append64(size)
      end.append64(offset)
      // The locator of the record above.
      end.append32(0x0706_4B50)
      end.append32(0)
      end.append64(offset + size)
      end.append32(1)
    }
    end.append32(0x0605_4B50)
    end.append32(0)
    let narrowCount = Int(Swift.min(count, 0xFFFF))
    end.append16(narrowCount)
    end.append16(narrowCount)
    end.append32(narrow(size))
    end.append32(narrow(offset))
    end.append16(0)
    try directory.withUnsafeBytes { try write($0) }
    try end.withUnsafeBytes { try write($0) }
  }

  /// A number, or what stands for one that is written with 64 bits.
  private func narrow(_ number: UInt64) -> UInt64 {
    number >= limit ? ZipWriter.narrowLimit : number
  }

  /// The extra field of 64-bit numbers.
  private func field(_ numbers: [UInt64]) -> [UInt8] {
    guard !numbers.isEmpty else { return [] }
    var field: [UInt8] = []
    field.append16(1)
    field.append16(8 * numbers.count)
    for number in numbers { field.append64(number) }
    return field
  }
}
