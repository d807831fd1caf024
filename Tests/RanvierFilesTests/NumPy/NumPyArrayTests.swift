import Foundation
import RanvierFiles
import RanvierTensors
import TestSupport
import Testing

/// The path of a file that another project's library wrote.
func goldenFile(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/files/\(name)").path
}

@Suite struct NumPyArrayTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("x.npy") }

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Writes a tensor and reads it again.
  private func copy(_ tensor: Tensor) throws -> Tensor {
    try NumPyArray(tensor: tensor).write(to: path)
    return try NumPyArray(contentsOf: path).tensor
  }

  @Test(arguments: ElementType.allCases.filter { $0 != .bfloat16 })
  func `elements of every type come back`(_ type: ElementType) throws {
    let tensor = Tensor([0.0, 1, 2, 100, 1, 0]).reshaped(to: [2, 3]).cast(to: type)
    #expect(try copy(tensor) == tensor)
  }

  @Test func `every shape comes back`() throws {
    for sizes in [[], [1], [5], [0], [3, 0, 2], [1, 1, 1], [Int](repeating: 1, count: 16)] {
      let tensor = Tensor.zeros(Shape(sizes), elementType: .int16)
      #expect(try copy(tensor) == tensor)
    }
  }

  @Test func `special values come back bit by bit`() throws {
    let numbers = [Double.infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .nan]
    let read = try copy(Tensor(numbers)).scalars(as: Double.self)
    #expect(read.map(\.bitPattern) == numbers.map(\.bitPattern))
    let large = Tensor([Int64.max, Int64.min])
    #expect(try copy(large) == large)
  }

  @Test func `elements begin at a multiple of 64 bytes`() throws {
    for rank in 0 ... 16 {
      let tensor = Tensor.ones(Shape([Int](repeating: 1, count: rank)))
      try NumPyArray(tensor: tensor).write(to: path)
      #expect(try (bytes(path).count - 4) % 64 == 0)
    }
  }

  @Test(.tags(.golden)) func `writes the bytes that NumPy writes`() throws {
    let tensor = Tensor.range(6, elementType: .float32).reshaped(to: [2, 3])
    try NumPyArray(tensor: tensor).write(to: path)
    #expect(try bytes(path) == bytes(goldenFile("version1.npy")))
  }

  @Test(.tags(.golden), arguments: 1 ... 3)
  func `reads every version of the format`(_ version: Int) throws {
    let read = try NumPyArray(contentsOf: goldenFile("version\(version).npy")).tensor
    #expect(read == Tensor.range(6, elementType: .float32).reshaped(to: [2, 3]))
  }

  @Test(.tags(.golden)) func `elements of no type are read if it is said what they are`() throws {
    let file = goldenFile("void2.npy")
    let read = try NumPyArray(contentsOf: file, voidElements: .bfloat16).tensor
    #expect(read == Tensor([1.0, -2]).cast(to: .bfloat16))
    for other in [nil, ElementType.float32] {
      let error = #expect(throws: FileError.self) {
        try NumPyArray(contentsOf: file, voidElements: other)
      }
      #expect(error?.path == file)
      #expect(error?.reason.contains("if they are bf16, read with voidElements") == true)
    }
  }

  @Test(.tags(.golden)) func `Python objects are refused`() {
    let error = #expect(throws: FileError.self) {
      try NumPyArray(contentsOf: goldenFile("objects.npy"))
    }
    #expect(error?.reason.contains("Python objects") == true)
  }

  @Test func `what NumPy cannot hold is not written`() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FileError.self) {
      try NumPyArray(tensor: Tensor.zeros([2], elementType: .bfloat16)).write(to: path)
    }
    #expect(error?.path == path)
    #expect(error?.reason == "NumPy has no type for bf16; cast to .float32, which is exact")
    #expect(throws: OperationError.self) {
      try NumPyArray(tensor: Tensor([1.0]).reshaped(to: [2])).write(to: path)
    }
    let abstract = Trace(computes: false).input(TensorType(.float32, [2]))
    #expect(throws: FileError.self) { try NumPyArray(tensor: abstract).write(to: path) }
    #expect(try bytes(path) == Data("old".utf8))
    #expect(folder.names == ["x.npy"])
  }

  @Test func `a missing file and a folder are errors with a path`() {
    for wrong in [folder.file("missing"), folder.path] {
      let error = #expect(throws: FileError.self) { try NumPyArray(contentsOf: wrong) }
      #expect(error?.description.hasPrefix(wrong + ": cannot be read") == true)
    }
  }
}
