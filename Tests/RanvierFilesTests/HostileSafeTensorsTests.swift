import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

/// A header, the number of bytes after it, and what is wrong with them.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let header: String
  let bodyCount: Int
  let reason: String
  var testDescription: String { String(header.prefix(100)) }

  init(_ header: String, body: Int = 0, _ reason: String) {
    self.header = header
    bodyCount = body
    self.reason = reason
  }

  var data: Data { HostileFile.file(Array(header.utf8), bodyCount) }

  static func file(_ header: [UInt8], _ bodyCount: Int) -> Data {
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    return length + Data(header) + Data(count: bodyCount)
  }

  private static func tensor(_ fields: String) -> String { "{\"x\":{\(fields)}}" }
  private static let four = "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]"

  static let all = [
    HostileFile("", "the header has no an object at byte 0"),
    HostileFile("[]", "the header has no an object"),
    HostileFile("null", "the header has no an object"),
    HostileFile(" {}", "the header has no an object"),
    HostileFile("{", "the header has no `\"` at byte 1"),
    HostileFile("{}}", "the header has no end at byte 2"),
    HostileFile("{} x", "the header has no end"),
    HostileFile("{\"x\":1}", "the header has no `{`"),
    HostileFile("{\"x\":[]}", "the header has no `{`"),
    HostileFile("{\"x\":{}}", "tensor `x` lacks dtype, shape or two data_offsets"),
    HostileFile("{\"x\":{},}", "tensor `x` lacks"),
    HostileFile(
      String(repeating: "{\"x\":", count: 100_000), "the header has no `[`|unknown field"),
    HostileFile(String(repeating: "[", count: 100_000), "the header has no an object"),
    HostileFile(tensor("\"shape\":" + String(repeating: "[", count: 100_000)), "whole number"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4]"), body: 16, "lacks dtype, shape or two data_offsets"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0]"), body: 16, "two data_offsets"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,8,16]"), body: 16,
      "two data_offsets"),
    HostileFile(
      tensor("\"dtype\":\"F33\",\"shape\":[4],\"data_offsets\":[0,16]"), body: 16,
      "unknown type F33"),
    HostileFile(
      tensor("\"dtype\":7,\"shape\":[4],\"data_offsets\":[0,16]"), body: 16, "has no `\"`"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]"), body: 16,
      "whole number that is not negative"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4.0],\"data_offsets\":[0,16]"), body: 16, "has no `]`"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4e0],\"data_offsets\":[0,16]"), body: 16, "has no `]`"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[04],\"data_offsets\":[0,16]"), body: 16, "whole number"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[true],\"data_offsets\":[0,16]"), body: 16, "whole number"
    ),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4,],\"data_offsets\":[0,16]"), body: 16, "whole number"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,16]"), body: 16, "has no `[`"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,16]"),
      body: 16, "63 bits"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,16]"),
      body: 16,
      "too many elements"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]"),
      "too many elements"),
    HostileFile(
      tensor(
        "\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]"),
      body: 4,
      "17 axes; the limit is 16"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,12]"), body: 12,
      "of 16 bytes lies at 0 ..< 12"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]"), body: 16,
      "begins at 16, not at 0"),
    HostileFile(
      tensor("\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,9223372036854775807]"), body: 16,
      "of 16 bytes"),
    HostileFile(tensor(four), body: 15, "of 16 bytes lies at 0 ..< 16 in 15 bytes"),
    HostileFile(tensor(four), body: 17, "1 bytes after the last tensor"),
    HostileFile(
      tensor(four + ",\"dtype\":\"F32\""), body: 16, "tensor `x` with two fields `dtype`"),
    HostileFile(
      tensor(four + ",\"extra\":1"), body: 16, "tensor `x` with the unknown field `extra`"),
    HostileFile("{\"x\":{\(four)},\"x\":{\(four)}}", body: 16, "two tensors `x`"),
    HostileFile("{\"é\":{\(four)},\"e\u{301}\":{\(four)}}", body: 16, "two tensors"),
    HostileFile("{\"x\":{\(four)},\"y\":{\(four)}}", body: 16, "begins at 0, not at 16"),
    HostileFile(
      "{\"x\":{\(four)},\"y\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,16]}}", body: 16,
      "begins at 8, not at 16"),
    HostileFile(
      "{\"x\":{\(four)},\"y\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[20,28]}}", body: 28,
      "begins at 20, not at 16"),
    HostileFile("{\"__metadata__\":{\"a\":1}}", "has no `\"`"),
    HostileFile("{\"__metadata__\":{\"a\":null}}", "has no `\"`"),
    HostileFile("{\"__metadata__\":[]}", "has no `{`"),
    HostileFile("{\"__metadata__\":{},\"__metadata__\":{}}", "two `__metadata__` entries"),
    HostileFile("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", "two metadata entries `a`"),
    HostileFile("{\"__metadata__\":{\"a\":\"\\x\"}}", "known escape"),
    HostileFile("{\"__metadata__\":{\"a\":\"\\ud800\"}}", "second surrogate"),
    HostileFile("{\"__metadata__\":{\"a\":\"\\ud800\\u0041\"}}", "second surrogate"),
    HostileFile("{\"__metadata__\":{\"a\":\"\\udc00\"}}", "second surrogate"),
    HostileFile("{\"__metadata__\":{\"a\":\"\\u12\"}}", "hexadecimal digit|four digits"),
    HostileFile("{\"__metadata__\":{\"a\":\"x\ny\"}}", "end of a string"),
    HostileFile("{\"a", "end of a string"),
  ]
}

@Suite struct HostileSafeTensorsTests {
  @Test(arguments: HostileFile.all)
  func `wrong files are errors that say why`(_ file: HostileFile) {
    let error = #expect(throws: FileError.self) { try SafeTensors(file.data) }
    let reason = error?.reason ?? ""
    #expect(reason.hasPrefix("not a valid safetensors file: "))
    #expect(file.reason.split(separator: "|").contains { reason.contains($0) }, "\(reason)")
  }

  @Test func `text that is not UTF-8 is an error`() {
    let header = Array("{\"__metadata__\":{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}}".utf8)
    #expect(throws: FileError.self) { try SafeTensors(HostileFile.file(header, 0)) }
  }

  /// The bytes of a small valid file.
  private func valid() -> Data {
    let header = """
      {"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
      "y":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}
      """
    return HostileFile.file(Array(header.utf8), 9)
  }

  @Test func `every shortened file is an error`() throws {
    let data = valid()
    #expect(try SafeTensors(data).tensors.count == 2)
    for length in 0 ..< data.count {
      #expect(throws: FileError.self, "\(length) bytes") { try SafeTensors(data.prefix(length)) }
    }
    #expect(throws: FileError.self) { try SafeTensors(data + Data([0])) }
  }

  @Test func `slices of larger data are read at their own offsets`() throws {
    let data = Data(count: 13) + valid()
    #expect(try SafeTensors(data[13...]).tensors.paths == ["x", "y"])
  }

  @Test(arguments: [UInt64.max, 1 << 63, 100_000_001, 1 << 40, 10])
  func `header lengths beyond the file are errors`(_ length: UInt64) {
    let data = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data("{}".utf8)
    #expect(throws: FileError.self) { try SafeTensors(data) }
  }

  @Test func `any changed byte gives an error or a readable file, never a crash`() {
    var generator = TestGenerator(salt: "bytes")
    let data = valid()
    for position in data.indices {
      for _ in 0 ..< 6 {
        var changed = data
        changed[position] = UInt8.random(in: 0 ... 255, using: &generator)
        do {
          _ = try SafeTensors(changed).tensors.elementCount
        } catch {
          #expect(error is FileError)
        }
      }
    }
  }
}
