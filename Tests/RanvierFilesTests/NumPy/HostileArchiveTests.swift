import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

@Suite struct HostileArchiveTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The bytes of an archive of two tensors.
  private func valid(compressed: Bool = false, wideNumbersFrom limit: UInt64 = 0xFFFF_FFFF) throws
    -> Data
  {
    let path = folder.file("x.npz")
    let tensors: Parameters = ["a": Tensor([Float(1), 2]), "b": Tensor.zeros([50])]
    try NumPyArchive(tensors: tensors).write(
      to: path, compressed: compressed, wideNumbersFrom: limit)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Positions at which a record of four characters' signature begins.
  private func positions(_ signature: [UInt8], in data: Data) -> [Int] {
    (0 ..< data.count - 3).filter { Array(data[$0 ..< $0 + 4]) == signature }
  }
  private func entries(_ data: Data) -> [Int] { positions([0x50, 0x4B, 1, 2], in: data) }
  private func members(_ data: Data) -> [Int] { positions([0x50, 0x4B, 3, 4], in: data) }
  private func end(_ data: Data) -> Int { data.count - 22 }

  /// Expects a change of a valid archive to be an error that says why.
  private func expectError(
    _ reason: String, compressed: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout Data) -> Void
  ) throws {
    var data = try valid(compressed: compressed)
    change(&data)
    let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
      try NumPyArchive(data)
    }
    let text = error?.reason ?? ""
    #expect(text.hasPrefix("not an npz file that can be read: "), sourceLocation: sourceLocation)
    #expect(text.contains(reason), "\(text)", sourceLocation: sourceLocation)
  }

  @Test func `damaged members are errors that name them`() throws {
    try expectError("member `b.npy` is damaged: its checksum is wrong") {
      $0[entries($0)[0] - 1] = 1
    }
    try expectError("member `a.npy` is encrypted") { $0[entries($0)[0] + 8] |= 1 }
    try expectError("member `a.npy` is compressed by method 9") { $0[entries($0)[0] + 10] = 9 }
    try expectError("member `a.npy` has 136 bytes, not 137") { $0[entries($0)[0] + 24] += 1 }
    try expectError("member `a.npy` is not where the directory says") {
      $0[entries($0)[0] + 42] += 1
    }
    try expectError("member `a.npy` is not where the directory says") { $0[30] = 0x63 }
    try expectError("a member's name is not text in UTF-8") { $0[entries($0)[0] + 46] = 0xFF }
    try expectError("member `a.txt` is no npy file") {
      let name = Data("a.txt".utf8)
      let entry = entries($0)[0] + 46
      $0.replaceSubrange(30 ..< 35, with: name)
      $0.replaceSubrange(entry ..< entry + 5, with: name)
    }
    try expectError("it has two members `a.npy`") {
      $0[members($0)[1] + 30] = UInt8(ascii: "a")
      $0[entries($0)[1] + 46] = UInt8(ascii: "a")
    }
    try expectError("member `a.npy` is not an npy file") {
      $0[entries($0)[0] + 20] = 0
      $0[entries($0)[0] + 24] = 0
      for byte in 16 ..< 20 { $0[entries($0)[0] + byte] = 0 }
    }
  }

  @Test func `members that share bytes are refused`() throws {
    try expectError("two of its parts overlap") {
      // The second entry's member becomes the first's.
      let (first, second) = (entries($0)[0], entries($0)[1])
      $0[members($0)[0] + 30] = UInt8(ascii: "b")
      $0[first + 46] = UInt8(ascii: "c")
      for byte in 16 ..< 46 { $0[second + byte] = $0[first + byte] }
      // The first entry's member is one more header before it.
      var header = Data($0[0 ..< 35])
      header[30] = UInt8(ascii: "c")
      $0.insert(contentsOf: header, at: 0)
      for byte in [second + 35 + 42, end($0) + 16] {
        $0[byte] = byte == end($0) + 16 ? $0[byte] &+ 35 : 35
        if byte == end($0) + 16, $0[byte] < 35 { $0[byte + 1] += 1 }
      }
    }
  }

  @Test func `a wrong end of the file is an error`() throws {
    try expectError("no end of a zip archive") { $0.append(0) }
    try expectError("no end of a zip archive") { $0.removeAll() }
    try expectError("no end of a zip archive") { $0[end($0)] = 0 }
    try expectError("one of several files") { $0[end($0) + 4] = 1 }
    try expectError("positions in it are wrong") { $0[end($0) + 10] = 200 }
    try expectError("positions in it are wrong") { $0[end($0) + 19] = 0x7F }
    try expectError("positions in it are wrong") { $0[end($0) + 15] = 0x7F }
    try expectError("its directory has no entry") { $0[entries($0)[1]] = 0 }
  }

  @Test func `a comment is passed over, and slices of larger data are read at their own offsets`()
    throws
  {
    var data = try valid()
    data.append(contentsOf: Array("PK\u{5}\u{6} a comment".utf8))
    data[data.count - 14 - 2] = 14
    #expect(try NumPyArchive(data).tensors.paths == ["a", "b"])
    let shifted = Data(count: 7) + data
    #expect(try NumPyArchive(shifted[7...]).tensors.paths == ["a", "b"])
  }

  @Test func `wrong compressed contents are errors`() throws {
    try expectError("it holds 136 bytes, not 137", compressed: true) {
      $0[entries($0)[0] + 24] += 1
    }
    try expectError("it holds more than 135 bytes", compressed: true) {
      $0[entries($0)[0] + 24] -= 1
    }
    try expectError("cannot hold 2147483784", compressed: true) {
      $0[entries($0)[0] + 27] = 0x80
    }
    try expectError("it is cut off", compressed: true) { $0[entries($0)[1] + 20] -= 1 }
    try expectError("cannot be expanded", compressed: true) { $0[members($0)[1] + 35] = 0xFF }
  }

  @Test(arguments: [false, true], [0xFFFF_FFFF, 0] as [UInt64])
  func `every shortened file is an error, and any changed byte no crash`(
    _ compressed: Bool, _ limit: UInt64
  ) throws {
    var generator = TestGenerator(salt: "npz bytes")
    let data = try valid(compressed: compressed, wideNumbersFrom: limit)
    #expect(try NumPyArchive(data).tensors.count == 2)
    for length in 0 ..< data.count {
      #expect(throws: FileError.self, "\(length) bytes") { try NumPyArchive(data.prefix(length)) }
    }
    for position in data.indices {
      for value in [0, 0xFF, UInt8.random(in: 1 ... 254, using: &generator)] {
        var changed = data
        changed[position] = value
        do { _ = try NumPyArchive(changed) } catch { #expect(error is FileError) }
      }
    }
  }
}
