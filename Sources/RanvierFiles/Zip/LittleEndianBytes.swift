internal import Foundation

/// Bytes from which little-endian numbers are read, with every position checked.
struct LittleEndianBytes {
  let bytes: Data

  /// A position beyond the end.
  struct OutOfBounds: Error {}

  init(_ bytes: Data) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// The number of `width` bytes at a position.
  private func number(_ width: Int, at position: Int) throws(OutOfBounds) -> UInt64 {
    let start = try self.bytes(at: position, count: width).startIndex
    return (0 ..< width).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
  }

  func u16(at position: Int) throws(OutOfBounds) -> Int { Int(try number(2, at: position)) }
  func u32(at position: Int) throws(OutOfBounds) -> UInt32 {
    UInt32(try number(4, at: position))
  }
  func u64(at position: Int) throws(OutOfBounds) -> UInt64 { try number(8, at: position) }

  /// The bytes of a range.
  func bytes(at position: Int, count: Int) throws(OutOfBounds) -> Data {
    guard position >= 0, count >= 0, position <= self.count, count <= self.count - position else {
      throw OutOfBounds()
    }
    let start = bytes.startIndex + position
    return bytes[start ..< start + count]
  }
}

extension [UInt8] {
  /// Appends a number of 16 bits, lowest byte first.
  mutating func append16(_ number: Int) { append(UInt64(number), width: 2) }
  /// Appends a number of 32 bits, lowest byte first.
  mutating func append32(_ number: UInt64) { append(number, width: 4) }
  /// Appends a number of 64 bits, lowest byte first.
  mutating func append64(_ number: UInt64) { append(number, width: 8) }

  private mutating func append(_ number: UInt64, width: Int) {
    for byte in 0 ..< width { append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(byte)))) }
  }
}
