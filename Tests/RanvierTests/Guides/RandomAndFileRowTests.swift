import Foundation
import Ranvier
import TestSupport
import Testing

/// The rows on random numbers and files.
@Suite struct RandomAndFileRowTests {
  private let given = GuideTensors()

  @Test func `random numbers`() {
    let key = given.key
    #expect(key == RandomKey(seed: 0))
    let uniform = key.uniform([2, 3])
    #expect(uniform.shape == [2, 3] && uniform == key.uniform([2, 3]))
    #expect(uniform.min().scalar() >= 0 && uniform.max().scalar() < 1)
    let normal = key.normal([2, 3], mean: 1, standardDeviation: 2)
    #expect(isClose(normal, key.normal([2, 3]) * 2 + 1))
    let integers = key.integers([2, 3], in: 0 ..< 10).scalars(as: Int.self)
    #expect(integers.count == 6 && integers.allSatisfy { (0 ..< 10).contains($0) })
    #expect(key.bernoulli([5], probability: 0.3).type == TensorType(.bool, [5]))
  }

  @Test func files() throws {
    let (x, y) = (given.x, given.y)
    let path = FileManager.default.temporaryDirectory.path + "/guide-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NumPyArray(tensor: x).write(to: path)
    #expect(try NumPyArray(contentsOf: path).tensor == x)
    try NumPyArchive(tensors: ["x": x, "y": y]).write(to: path)
    #expect(try NumPyArchive(contentsOf: path).tensors == ["x": x, "y": y])
    try NumPyArchive(tensors: ["x": x]).write(to: path, compressed: true)
    #expect(try NumPyArchive(contentsOf: path).tensors["x"] == x)
    try SafeTensors(tensors: ["x": x]).write(to: path)
    #expect(try SafeTensors(contentsOf: path).tensors == ["x": x])
  }
}
