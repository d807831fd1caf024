import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

@Suite struct NumPyArchiveTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("x.npz") }

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// One tensor of each type, shapes at the edge, and names of any characters.
  private var everything: Parameters {
    var tensors = Parameters()
    for type in ElementType.allCases where type != .bfloat16 {
      tensors["types/\(type)"] = Tensor([0.0, 1, 2, 100, 1, 0]).reshaped(to: [2, 3]).cast(to: type)
    }
    tensors["scalar"] = Tensor(2.5)
    tensors["empty"] = Tensor.zeros([3, 0, 2], elementType: .int16)
    tensors["long"] = Tensor.range(100_000, elementType: .int64)
    for (index, name) in ["", "é", "日本語", "🧠", "../up", "/a", "x.npy", "a\n", "\u{600}"]
      .enumerated()
    {
      tensors[name] = Tensor(index)
    }
    return tensors
  }

  @Test(arguments: [false, true]) func `everything comes back in order`(_ compressed: Bool) throws {
    try NumPyArchive(tensors: everything).write(to: path, compressed: compressed)
    let read = try NumPyArchive(contentsOf: path)
    #expect(read.tensors == everything)
    #expect(read.tensors.paths == everything.paths)
    #expect(folder.names == ["x.npz"])
  }

  @Test(arguments: [false, true])
  func `sizes and positions of 64 bits come back`(_ compressed: Bool) throws {
    for limit in [0, 100, 500, 10_000] as [UInt64] {
      try NumPyArchive(tensors: everything).write(
        to: path, compressed: compressed, wideNumbersFrom: limit)
      #expect(try NumPyArchive(contentsOf: path).tensors == everything)
    }
  }

  @Test func `more members than 16 bits count come back`() throws {
    var tensors = Parameters()
    for index in 0 ..< 0x10001 { tensors["\(index)"] = Tensor(UInt8(truncatingIfNeeded: index)) }
    try NumPyArchive(tensors: tensors).write(to: path)
    let read = try NumPyArchive(contentsOf: path).tensors
    #expect(read.count == 0x10001 && read["65536"] == Tensor(UInt8(0)))
  }

  @Test func `nothing at all comes back`() throws {
    try NumPyArchive(tensors: [:]).write(to: path)
    #expect(try bytes(path).count == 22)
    #expect(try NumPyArchive(contentsOf: path).tensors.isEmpty)
  }

  @Test func `equal contents give equal bytes, and compression makes them fewer`() throws {
    let other = folder.file("y.npz")
    try NumPyArchive(tensors: everything).write(to: path, compressed: true)
    try NumPyArchive(tensors: everything).write(to: other, compressed: true)
    #expect(try bytes(path) == bytes(other))
    try NumPyArchive(tensors: everything).write(to: other)
    #expect(try bytes(path).count < bytes(other).count / 2)
  }

  @Test(.tags(.golden), arguments: ["stored.npz", "deflated.npz"])
  func `reads what NumPy writes`(_ name: String) throws {
    let tensors = try NumPyArchive(contentsOf: goldenFile(name)).tensors
    #expect(tensors.count == 30)
    let values = Tensor([[0, 1, 2], [3, 100, 1]])
    for type in ElementType.allCases where type != .bfloat16 {
      #expect(tensors["\(type)"] == values.cast(to: type))
      #expect(tensors["\(type)_big"] == values.cast(to: type))
    }
    #expect(tensors["columns"] == Tensor.range(24).reshaped(to: [2, 3, 4]))
    #expect(
      tensors["columns_big"] == Tensor.range(6, elementType: .float64).reshaped(to: [2, 3]))
    #expect(tensors["scalar"] == Tensor(1.5))
    #expect(tensors["empty"] == Tensor.zeros([0, 4]))
    #expect(tensors["layer/kernel"] == Tensor([Float(1), -2]))
    #expect(tensors["é"] == Tensor([7]))
  }

  @Test func `what NumPy cannot hold is not written`() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    func reason(_ tensors: Parameters) -> String? {
      let error = #expect(throws: FileError.self) {
        try NumPyArchive(tensors: tensors).write(to: path)
      }
      #expect(error?.path == path)
      return error?.reason
    }
    #expect(
      reason(["x": Tensor.zeros([2], elementType: .bfloat16)])
        == "tensor `x`: NumPy has no type for bf16; cast to .float32, which is exact")
    #expect(
      reason([String(repeating: "x", count: 70_000): Tensor(1.0)])?.hasSuffix(
        "a name of 70000 bytes is too long") == true)
    #expect(throws: OperationError.self) {
      try NumPyArchive(tensors: ["x": Tensor([1.0]).reshaped(to: [2])]).write(to: path)
    }
    #expect(try bytes(path) == Data("old".utf8))
    #expect(folder.names == ["x.npz"])
  }
}
