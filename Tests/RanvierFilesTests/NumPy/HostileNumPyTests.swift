import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

/// The dictionary of an npy file, the number of bytes after it, and what is wrong with them.
struct HostileArray: Sendable, CustomTestStringConvertible {
  let header: String
  let bodyCount: Int
  let reason: String
  var testDescription: String { String(header.prefix(100)) }

  init(_ header: String, body: Int = 0, _ reason: String) {
    self.header = header
    bodyCount = body
    self.reason = reason
  }

  var data: Data { HostileArray.file(header) + Data(count: bodyCount) }

  /// A file of version 2 up to its elements.
  static func file(_ header: String) -> Data {
    let length = withUnsafeBytes(of: UInt32(header.utf8.count).littleEndian) { Data($0) }
    return Data([0x93] + Array("NUMPY".utf8) + [2, 0]) + length + Data(header.utf8)
  }

  /// A dictionary in order but for one entry.
  private static func dictionary(
    type: String = "'<f4'", order: String = "False", shape: String = "(4,)"
  ) -> String { "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }" }

  static let all = [
    HostileArray("", "the header has no `{` at byte 0"),
    HostileArray("[]", "the header has no `{`"),
    HostileArray("{", "the header has no text"),
    HostileArray("{}", "lacks descr, fortran_order or shape"),
    HostileArray("{'descr'", "the header has no `:`"),
    HostileArray("{'descr': '<f4'}", "lacks descr, fortran_order or shape"),
    HostileArray("{'descr': '<f4'", "the header has no `}`"),
    HostileArray("{'descr: '<f4'}", "the header has no `:`"),
    HostileArray("{'descr': '<f4", "text without escapes"),
    HostileArray("{'descr': '\\x3cf4'}", "text without escapes"),
    HostileArray("{'descr': '<f4', 'descr': '<f4'}", "two entries `descr`"),
    HostileArray("{'other': '<f4'}", "unknown entry `other`"),
    HostileArray(dictionary() + "x", body: 16, "the header has no end"),
    HostileArray(dictionary() + dictionary(), body: 16, "the header has no end"),
    HostileArray("__import__('os').system('true')", "the header has no `{`"),
    HostileArray(String(repeating: "{", count: 100_000), "the header has no text"),
    HostileArray(dictionary(shape: String(repeating: "(", count: 100_000)), "whole number"),
    HostileArray(dictionary(type: "'|O'"), body: 16, "Python objects"),
    HostileArray(dictionary(type: "'<c8'"), body: 32, "complex numbers"),
    HostileArray(dictionary(type: "'<U4'"), body: 64, "text (`<U4`)"),
    HostileArray(dictionary(type: "'|S4'"), body: 16, "text"),
    HostileArray(dictionary(type: "'<M8[ns]'"), body: 32, "dates or durations"),
    HostileArray(dictionary(type: "'<f16'"), body: 64, "unknown element type `<f16`"),
    HostileArray(dictionary(type: "'f4'"), body: 16, "unknown element type `f4`"),
    HostileArray(dictionary(type: "''"), body: 16, "unknown element type ``"),
    HostileArray(dictionary(type: "'<'"), body: 16, "unknown element type `<`"),
    HostileArray(dictionary(type: "[('x', '<f4')]"), body: 16, "records of several fields"),
    HostileArray(dictionary(type: "4"), body: 16, "the header has no text"),
    HostileArray(dictionary(order: "0"), body: 16, "`True` or `False`"),
    HostileArray(dictionary(order: "true"), body: 16, "`True` or `False`"),
    HostileArray(dictionary(shape: "[4]"), body: 16, "the header has no `(`"),
    HostileArray(dictionary(shape: "(4)"), body: 16, "the header has no `,`"),
    HostileArray(dictionary(shape: "(,)"), body: 4, "whole number"),
    HostileArray(dictionary(shape: "(-4,)"), body: 16, "whole number that is not negative"),
    HostileArray(dictionary(shape: "(4.0,)"), body: 16, "has no `,`"),
    HostileArray(dictionary(shape: "(2 2,)"), body: 16, "has no `,`"),
    HostileArray(dictionary(shape: "(99999999999999999999,)"), body: 16, "number of 63 bits"),
    HostileArray(dictionary(shape: "(4611686018427387904, 4)"), body: 16, "too many elements"),
    HostileArray(dictionary(shape: "(4294967296, 4294967296)"), "too many elements"),
    HostileArray(
      dictionary(shape: "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)"), body: 4,
      "17 axes; the limit is 16"),
    HostileArray(dictionary(), body: 15, "15 bytes of elements, where f32[4] has 16"),
    HostileArray(dictionary(), body: 17, "17 bytes of elements, where f32[4] has 16"),
    HostileArray(
      dictionary(shape: "(1000000000000,)"), body: 16, "where f32[1000000000000] has 4000000000000"),
  ]
}

@Suite struct HostileNumPyTests {
  @Test(arguments: HostileArray.all)
  func `wrong files are errors that say why`(_ file: HostileArray) {
    let error = #expect(throws: FileError.self) { try NumPyArray(file.data) }
    let reason = error?.reason ?? ""
    #expect(reason.hasPrefix("not an npy file that can be read: "))
    #expect(reason.contains(file.reason), "\(reason)")
  }

  @Test func `a dictionary as other writers space and quote it is read`() throws {
    let text = "{\"shape\":(2,2L),\"fortran_order\":True,\"descr\":\"=u1\"}  \n"
    let array = try NumPyArray(HostileArray.file(text) + Data([1, 2, 3, 4]))
    #expect(array.tensor == Tensor([[UInt8(1), 3], [2, 4]]))
  }

  @Test func `truth values of any byte become 0 or 1`() throws {
    let text = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}"
    let array = try NumPyArray(HostileArray.file(text) + Data([0, 2, 255]))
    #expect(array.tensor == Tensor([false, true, true]))
    #expect(array.tensor.sum() == Tensor(Int32(2)))
  }

  @Test(arguments: [[], [0x93], [0x4E, 0x55], [0x93, 0x4E, 0x55, 0x4D, 0x50]] as [[UInt8]])
  func `other beginnings are errors`(_ start: [UInt8]) {
    let error = #expect(throws: FileError.self) { try NumPyArray(Data(start) + Data(count: 200)) }
    #expect(error?.reason.contains("does not begin with the six bytes") == true)
  }

  @Test(arguments: [0, 4, 255] as [UInt8]) func `unknown versions are errors`(_ version: UInt8) {
    var data = HostileArray.file("{'descr': '|u1', 'fortran_order': False, 'shape': (0,)}")
    data[6] = version
    let error = #expect(throws: FileError.self) { try NumPyArray(data) }
    #expect(error?.reason.contains("version is \(version).0") == true)
  }

  @Test(arguments: [UInt32.max, 1 << 31, 1 << 20 + 1, 1000] as [UInt32])
  func `header lengths beyond the file are errors`(_ length: UInt32) {
    var data = HostileArray.file("{}")
    data.replaceSubrange(8 ..< 12, with: withUnsafeBytes(of: length.littleEndian) { Data($0) })
    let error = #expect(throws: FileError.self) { try NumPyArray(data) }
    #expect(error?.reason.contains("a header of \(length) bytes in a file of 14") == true)
  }

  @Test func `every shortened file is an error, and any changed byte no crash`() throws {
    var generator = TestGenerator(salt: "npy bytes")
    let text = "{'descr': '>f4', 'fortran_order': True, 'shape': (1, 2), }\n"
    let data = HostileArray.file(text) + Data(count: 8)
    #expect(try NumPyArray(data).tensor.shape == [1, 2])
    #expect(try NumPyArray((Data(count: 13) + data)[13...]).tensor.shape == [1, 2])
    for length in 0 ..< data.count {
      #expect(throws: FileError.self, "\(length) bytes") { try NumPyArray(data.prefix(length)) }
    }
    for position in data.indices {
      for _ in 0 ..< 6 {
        var changed = data
        changed[position] = UInt8.random(in: 0 ... 255, using: &generator)
        do { _ = try NumPyArray(changed) } catch { #expect(error is FileError) }
      }
    }
  }
}
