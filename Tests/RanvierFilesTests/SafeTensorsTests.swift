import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

/// A folder that is removed with the object.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/ranvier-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

@Suite struct SafeTensorsTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("x.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// One tensor of each type, and the shapes at the edge.
  private var everything: Parameters {
    var tensors = Parameters()
    for type in ElementType.allCases {
      tensors["types/\(type)"] = Tensor([0.0, 1, 2, 100, 1, 0]).reshaped(to: [2, 3]).cast(to: type)
    }
    tensors["scalar"] = Tensor(2.5)
    tensors["empty"] = Tensor.zeros([3, 0, 2], elementType: .int16)
    tensors["special"] = Tensor([Double.infinity, -.infinity, -0.0, .leastNonzeroMagnitude])
    tensors["large"] = Tensor([Int64.max, Int64.min])
    return tensors
  }

  @Test func `every type, scalars and empty tensors come back`() throws {
    let contents = SafeTensors(tensors: everything, metadata: ["format": "test"])
    try contents.write(to: path)
    let read = try SafeTensors(contentsOf: path)
    #expect(read.tensors == everything)
    #expect(read.metadata == ["format": "test"])
    #expect(folder.names == ["x.safetensors"])
  }

  @Test func `not-a-number keeps its bits`() throws {
    let payload = Double(bitPattern: 0x7FF8_0000_0000_BEEF)
    try SafeTensors(tensors: ["x": Tensor([payload])]).write(to: path)
    let read = try SafeTensors(contentsOf: path).tensors["x"].scalars(as: Double.self)
    #expect(read[0].bitPattern == payload.bitPattern)
  }

  @Test func `nothing at all comes back`() throws {
    try SafeTensors(tensors: [:]).write(to: path)
    let read = try SafeTensors(contentsOf: path)
    #expect(read.tensors.isEmpty && read.metadata.isEmpty)
  }

  @Test func `names and metadata may hold any character`() throws {
    let texts = [
      "", "\"", "\\", "/", "a\nb\r\tc", "\u{0}\u{1}\u{1F}\u{7F}", "é", "日本語", "🧠", "\\u0041",
      "{}[],:",
    ]
    var tensors = Parameters()
    var metadata: [String: String] = [:]
    for (index, text) in texts.enumerated() {
      tensors[text] = Tensor(index)
      metadata[text] = text + "\u{2028}"
    }
    try SafeTensors(tensors: tensors, metadata: metadata).write(to: path)
    let read = try SafeTensors(contentsOf: path)
    #expect(read.tensors == tensors)
    #expect(read.metadata == metadata)
    // Any JSON reader must understand the header.
    let data = try bytes(path)
    let length = Int(data[0]) + Int(data[1]) << 8
    let object = try JSONSerialization.jsonObject(with: data[8 ..< 8 + length]) as? [String: Any]
    #expect(object?.count == texts.count + 1)
  }

  @Test func `equal contents give equal bytes, whatever the order`() throws {
    let other = folder.file("y.safetensors")
    try SafeTensors(tensors: everything, metadata: ["a": "1", "b": "2", "c": "3"]).write(to: path)
    var reversed = Parameters()
    for (name, tensor) in everything.reversed() { reversed[name] = tensor }
    try SafeTensors(tensors: reversed, metadata: ["c": "3", "b": "2", "a": "1"]).write(to: other)
    #expect(try bytes(path) == bytes(other))
    try SafeTensors(contentsOf: path).write(to: other)
    #expect(try bytes(path) == bytes(other))
  }

  @Test func `tensors are aligned to their elements`() throws {
    try SafeTensors(tensors: everything).write(to: path)
    let data = try bytes(path)
    let length = Int(data[0]) + Int(data[1]) << 8
    #expect(length % 8 == 0)
    let header = try #require(
      JSONSerialization.jsonObject(with: data[8 ..< 8 + length]) as? [String: [String: Any]])
    for (name, entry) in header {
      let begin = try #require((entry["data_offsets"] as? [Int])?.first)
      #expect(begin % everything[name].elementType.byteCount == 0)
    }
  }

  @Test(.tags(.golden)) func `reads what Python's safetensors writes`() throws {
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/files/python.safetensors")
    let file = try SafeTensors(contentsOf: golden.path)
    #expect(file.metadata == ["format": "pt", "note": "quotes \" and \\ and é"])
    #expect(file.tensors.count == 15)
    for type in ElementType.allCases {
      #expect(
        file.tensors["\(type)"]
          == Tensor([0.0, 1, 2, 3, 100, 1]).reshaped(to: [2, 3]).cast(to: type))
    }
    #expect(file.tensors["scalar"] == Tensor(Float(1.5)))
    #expect(file.tensors["empty"] == Tensor.zeros([0, 4]))
    try file.write(to: path)
    let again = try SafeTensors(contentsOf: path)
    #expect(again.tensors == file.tensors && again.metadata == file.metadata)
  }

  @Test func `reads the golden data`() throws {
    let golden = try Golden("dense")
    #expect(!golden.cases.isEmpty)
    for name in golden.cases { #expect(!golden.tensors(name).isEmpty) }
  }

  @Test func `invalid tensors and reserved names are not written`() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let wrong = Tensor([1.0]).reshaped(to: [2])
    #expect(throws: OperationError.self) { try SafeTensors(tensors: ["x": wrong]).write(to: path) }
    let reserved = SafeTensors(tensors: ["__metadata__": Tensor(1.0)])
    #expect(throws: FileError.self) { try reserved.write(to: path) }
    let abstract = Trace(computes: false).input(TensorType(.float32, [2]))
    let error = #expect(throws: FileError.self) {
      try SafeTensors(tensors: ["x": abstract]).write(to: path)
    }
    #expect(error?.reason == "the elements of `x` are not known while a function is being compiled")
    #expect(try bytes(path) == Data("old".utf8))
    #expect(folder.names == ["x.safetensors"])
  }

  @Test func `a missing file and a folder are errors with a path`() {
    for wrong in [folder.file("missing"), folder.path] {
      let error = #expect(throws: FileError.self) { try SafeTensors(contentsOf: wrong) }
      #expect(error?.path == wrong)
      #expect(error?.description.hasPrefix(wrong + ": cannot be read") == true)
    }
  }
}
