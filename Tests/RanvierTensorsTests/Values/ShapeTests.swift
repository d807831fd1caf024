import Foundation
import RanvierTensors
import Testing

@Suite struct ShapeTests {
  @Test(arguments: [
    ([], [], []), ([3], [], [3]), ([2, 1], [3], [2, 3]), ([1], [0], [0]),
    ([0, 1], [1, 5], [0, 5]),
    ([4, 1, 3], [2, 1], [4, 2, 3]), ([2, 3], [2, 3], [2, 3]),
  ])
  func `shapes broadcast`(_ a: [Int], _ b: [Int], _ result: [Int]) {
    #expect(Shape.broadcast(Shape(a), Shape(b)) == Shape(result))
    #expect(Shape.broadcast(Shape(b), Shape(a)) == Shape(result))
  }

  @Test(arguments: [([2], [3]), ([0], [2]), ([2, 3], [3, 2]), ([2, 1, 4], [3, 1, 4])])
  func `other shapes do not broadcast`(_ a: [Int], _ b: [Int]) {
    #expect(Shape.broadcast(Shape(a), Shape(b)) == nil)
    #expect(Shape.broadcast(Shape(b), Shape(a)) == nil)
  }

  @Test func `counts, strides and indices`() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.count == 24 && shape.rank == 3)
    #expect(shape.strides == [12, 4, 1])
    #expect(shape[-1] == 4 && shape[0] == 2)
    #expect(([] as Shape).count == 1)
    #expect(Shape([2, 2]).indices == [[0, 0], [0, 1], [1, 0], [1, 1]])
    #expect(Shape([2, 0]).indices == [])
    #expect(([] as Shape).indices == [[]])
  }

  @Test func `encodes as an array of sizes`() throws {
    let data = try JSONEncoder().encode([Shape([2, 3])])
    #expect(String(decoding: data, as: UTF8.self) == "[[2,3]]")
    #expect(try JSONDecoder().decode([Shape].self, from: data) == [[2, 3]])
  }

  @Test(arguments: [
    ([-1], "the size -1"), ([1 << 40, 1 << 40], "too many elements"),
    ([0, 1 << 40, 1 << 40], "too many elements"),
    ([Int](repeating: 1, count: 17), "17 axes; the limit is 16"),
  ])
  func `knows what no tensor can have`(_ sizes: [Int], _ defect: String) {
    #expect(Shape(sizes).defect == defect)
  }
}
