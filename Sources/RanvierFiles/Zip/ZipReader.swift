internal import Foundation

/// The members of a zip file, with sizes from its central directory.
///
/// Stored and deflated members are read, with 32-bit and 64-bit sizes. Encryption and archives of
/// several files are refused, and so are members that share bytes: only files made to exhaust
/// memory have such. Source: the format's public specification (APPNOTE 6.3).
struct ZipReader {
  /// One member, as the directory describes it.
  struct Member {
    var name: String
    /// Whether the bytes are deflated, rather than stored as they are.
    var isDeflated: Bool
    var checksum: UInt32
    /// The member's bytes in the file.
    var bytes: Data
    /// How many bytes these expand to.
    var count: Int
  }

  /// Why an archive could not be read.
  struct Malformed: Error {
    var reason: String
  }

  /// The members in the order of the directory.
  private(set) var members: [Member] = []

  init(_ data: Data) throws(Malformed) {
    let file = LittleEndianBytes(data)
    do {
      let directory = try Directory(file)
      var position = directory.start
      var ranges: [Range<Int>] = [directory.start ..< data.count]
      var names: Set<String> = []
      for _ in 0 ..< directory.count {
        let entry = try Entry(file, at: position)
        position = entry.end
        guard names.insert(entry.name).inserted else {
          throw Malformed(reason: "it has two members `\(entry.name)`")
        }
        let start = try entry.dataStart(file)
        let bytes = try file.bytes(at: start, count: entry.compressedCount)
        if !bytes.isEmpty { ranges.append(entry.offset ..< start + bytes.count) }
        members.append(
          Member(
            name: entry.name, isDeflated: entry.method == 8, checksum: entry.checksum,
            bytes: bytes, count: entry.count))
      }
      ranges.sort { $0.lowerBound < $1.lowerBound }
      for (range, next) in zip(ranges, ranges.dropFirst())
      where range.upperBound > next.lowerBound {
        throw Malformed(reason: "two of its parts overlap")
      }
    } catch let error as Malformed {
      throw error
    } catch {
      throw Malformed(reason: "it is cut off, or positions in it are wrong")
    }
  }

  /// The contents of a member, checked against its checksum.
  func contents(of member: Member) throws(Malformed) -> Data {
    let contents: Data
    if member.isDeflated {
      do {
        contents = try Deflate.inflate(member.bytes, count: member.count)
      } catch {
        throw Malformed(reason: "member `\(member.name)` cannot be expanded: \(error.reason)")
      }
    } else {
      guard member.bytes.count == member.count else {
        throw Malformed(
          reason: "member `\(member.name)` has \(member.bytes.count) bytes, not \(member.count)")
      }
      contents = member.bytes
    }
    guard contents.withUnsafeBytes({ Deflate.checksum($0) }) == UInt(member.checksum) else {
      throw Malformed(reason: "member `\(member.name)` is damaged: its checksum is wrong")
    }
    return contents
  }
}

/// Where the central directory lies, from the record at the end of the file.
private struct Directory {
  var start: Int
  var count: Int

  init(_ file: LittleEndianBytes) throws {
    // The record has 22 bytes, and a comment of up to 65,535 may follow.
    let first = Swift.max(0, file.count - 22 - 0xFFFF)
    var position = file.count - 22
    while position >= first {
      if try file.u32(at: position) == 0x0605_4B50,
        try position + 22 + file.u16(at: position + 20) == file.count
      {
        break
      }
      position -= 1
    }
    guard position >= first else {
      throw ZipReader.Malformed(reason: "it has no end of a zip archive")
    }
    var numbers = try (
      disk: UInt64(file.u16(at: position + 4)), count: UInt64(file.u16(at: position + 10)),
      size: UInt64(file.u32(at: position + 12)), start: UInt64(file.u32(at: position + 16))
    )
    // A record of 64-bit numbers, if there is one, is found by way of a locator before this record.
    if position >= 20, try file.u32(at: position - 20) == 0x0706_4B50 {
      guard let record = Int(exactly: try file.u64(at: position - 12)),
        try file.u32(at: record) == 0x0606_4B50
      else { throw ZipReader.Malformed(reason: "its zip64 record is not where it should be") }
      numbers = try (
        UInt64(file.u32(at: record + 16)), file.u64(at: record + 32), file.u64(at: record + 40),
        file.u64(at: record + 48)
      )
      position = record
    }
    guard numbers.disk == 0 else {
      throw ZipReader.Malformed(reason: "it is one of several files of an archive")
    }
    // Each member takes 46 bytes of the directory at least.
    guard let start = Int(exactly: numbers.start), let size = Int(exactly: numbers.size),
      start <= position, size <= position - start, numbers.count <= UInt64(size / 46)
    else { throw LittleEndianBytes.OutOfBounds() }
    self.start = start
    count = Int(numbers.count)
  }
}

/// An entry of the central directory.
private struct Entry {
  var name: String
  var method: Int
  var checksum: UInt32
  var compressedCount: Int
  var count: Int
  /// Where the member begins, with a header of its own.
  var offset: Int
  /// Where the next entry begins.
  var end: Int
  private var nameBytes: Data

  init(_ file: LittleEndianBytes, at position: Int) throws {
    guard try file.u32(at: position) == 0x0201_4B50 else {
      throw ZipReader.Malformed(reason: "its directory has no entry at byte \(position)")
    }
    let flags = try file.u16(at: position + 8)
    method = try file.u16(at: position + 10)
    checksum = try file.u32(at: position + 16)
    let nameCount = try file.u16(at: position + 28)
    let extraCount = try file.u16(at: position + 30)
    let extraStart = position + 46 + nameCount
    end = try extraStart + extraCount + file.u16(at: position + 32)
    nameBytes = try file.bytes(at: position + 46, count: nameCount)
    guard let name = String(validating: nameBytes, as: UTF8.self) else {
      throw ZipReader.Malformed(reason: "a member's name is not text in UTF-8")
    }
    self.name = name
    guard flags & 1 == 0 else {
      throw ZipReader.Malformed(reason: "member `\(name)` is encrypted")
    }
    guard method == 0 || method == 8 else {
      throw ZipReader.Malformed(
        reason: "member `\(name)` is compressed by method \(method); stored and deflated are read")
    }
    // Numbers with all bits set are found, in this order, in a field of 64-bit numbers.
    var wide = Entry.wideNumbers(
      LittleEndianBytes(try file.bytes(at: extraStart, count: extraCount)))[...]
    func number(at offset: Int) throws -> Int {
      let narrow = try file.u32(at: position + offset)
      let number = narrow == .max ? wide.popFirst() ?? UInt64(narrow) : UInt64(narrow)
      guard let result = Int(exactly: number) else { throw LittleEndianBytes.OutOfBounds() }
      return result
    }
    count = try number(at: 24)
    compressedCount = try number(at: 20)
    offset = try number(at: 42)
  }

  /// The numbers of the extra field 1.
  private static func wideNumbers(_ extra: LittleEndianBytes) -> [UInt64] {
    var position = 0
    while let kind = try? extra.u16(at: position), let size = try? extra.u16(at: position + 2) {
      if kind == 1 {
        return (0 ..< size / 8).compactMap { try? extra.u64(at: position + 4 + 8 * $0) }
      }
      position += 4 + size
    }
    return []
  }

  /// Where the member's bytes begin, behind its own header.
  func dataStart(_ file: LittleEndianBytes) throws -> Int {
    let nameCount = try file.u16(at: offset &+ 26)
    guard try file.u32(at: offset) == 0x0403_4B50,
      try file.bytes(at: offset + 30, count: nameCount) == nameBytes
    else {
      throw ZipReader.Malformed(reason: "member `\(name)` is not where the directory says")
    }
    return try offset + 30 + nameCount + file.u16(at: offset + 28)
  }
}
