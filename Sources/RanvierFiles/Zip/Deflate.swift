internal import CZlib
internal import Foundation

/// The deflate format without a header, and the checksum that goes with it in zip files.
enum Deflate {
  /// Why bytes could not be expanded.
  struct Malformed: Error {
    var reason: String
  }

  /// No deflated stream is shorter than its contents by more than this factor.
  static let highestRatio = 1032

  /// Bytes that zlib takes at once at most; its counts have 32 bits.
  private static let longestPart = 1 << 30

  /// The checksum of bytes that follow others, of which `checksum` is known.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after checksum: UInt = 0) -> UInt {
    // Without an address, zlib would start again.
    guard !bytes.isEmpty else { return checksum }
    return crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
  }

  /// Expands bytes that hold exactly `count` bytes.
  static func inflate(_ bytes: Data, count: Int) throws(Malformed) -> Data {
    guard count <= (bytes.count + 8).multipliedReportingOverflow(by: highestRatio).partialValue
    else {
      throw Malformed(reason: "\(bytes.count) bytes cannot hold \(count)")
    }
    var result = Data()
    let outcome = bytes.withUnsafeBytes { source -> Outcome in
      expand(source, into: &result, count: count)
    }
    switch outcome {
    case .complete: return result
    case .failed(let reason): throw Malformed(reason: reason)
    }
  }

  private enum Outcome {
    case complete
    case failed(String)
  }

  private static func expand(
    _ source: UnsafeRawBufferPointer, into result: inout Data, count: Int
  ) -> Outcome {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
      return .failed("zlib could not be started")
    }
    defer { inflateEnd(&stream) }
    // Room grows with what has really been there, so that a wrong size costs no memory. One byte
    // more than needed shows contents that go on.
    var part = [UInt8](repeating: 0, count: Swift.min(count + 1, 1 << 20))
    var consumed = 0
    while true {
      let offered = Swift.min(source.count - consumed, longestPart)
      stream.next_in = UnsafeMutableRawPointer(mutating: source.baseAddress)?
        .advanced(by: consumed).assumingMemoryBound(to: UInt8.self)
      stream.avail_in = UInt32(offered)
      let (status, produced) = part.withUnsafeMutableBufferPointer { room in
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        return (status, room.count - Int(stream.avail_out))
      }
      let used = offered - Int(stream.avail_in)
      consumed += used
      result.append(contentsOf: part[..<produced])
      guard result.count <= count else { return .failed("it holds more than \(count) bytes") }
      if status == Z_STREAM_END { break }
      guard status == Z_OK, used > 0 || produced > 0 else {
        return .failed(status == Z_OK || status == Z_BUF_ERROR ? "it is cut off" : "it is damaged")
      }
    }
    guard result.count == count else {
      return .failed("it holds \(result.count) bytes, not \(count)")
    }
    guard consumed == source.count else {
      return .failed("\(source.count - consumed) bytes follow its end")
    }
    return .complete
  }

  /// Compresses the bytes of several buffers, one after the other.
  static func deflate(_ buffers: [Data]) -> Data {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      size)
    guard status == Z_OK else { fatalError("zlib could not be started: status \(status)") }
    defer { deflateEnd(&stream) }
    var result = Data()
    var room = [UInt8](repeating: 0, count: 1 << 18)
    func run(_ bytes: UnsafeRawBufferPointer, _ flush: Int32) {
      stream.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
        .assumingMemoryBound(to: UInt8.self)
      stream.avail_in = UInt32(bytes.count)
      repeat {
        let produced = room.withUnsafeMutableBufferPointer { room in
          stream.next_out = room.baseAddress
          stream.avail_out = UInt32(room.count)
          _ = CZlib.deflate(&stream, flush)
          return room.count - Int(stream.avail_out)
        }
        result.append(contentsOf: room[..<produced])
      } while stream.avail_out == 0
    }
    for buffer in buffers {
      buffer.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: longestPart) {
          run(
            UnsafeRawBufferPointer(
              rebasing: bytes[start ..< Swift.min(start + longestPart, bytes.count)]), Z_NO_FLUSH)
        }
      }
    }
    run(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH)
    return result
  }
}
