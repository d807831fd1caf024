import Foundation
import RanvierTensors
import TestSupport
import Testing

@Suite struct CreationTests {
  @Test func `shapes and types are taken from another tensor`() {
    let x = Tensor.range(6, elementType: .uint8).reshaped(to: [2, 3])
    #expect(Tensor.zeros(like: x) == Tensor([[UInt8(0), 0, 0], [0, 0, 0]]))
    #expect(Tensor.ones(like: x) == Tensor([[UInt8(1), 1, 1], [1, 1, 1]]))
    #expect(Tensor(repeating: 7, like: x[0]) == Tensor([UInt8(7), 7, 7]))
    let wrong = x.reshaped(to: [5])
    #expect(Tensor.zeros(like: wrong).error == wrong.error)
    // Only the type is needed, so the result is known even where the other tensor is not.
    let abstract = Trace(computes: false).input(TensorType(.int16, [2]))
    #expect(Tensor.ones(like: abstract) == Tensor([Int16(1), 1]))
  }

  @Test func `identity matrices and their neighbours`() {
    #expect(Tensor.identity(2) == Tensor([[Float(1), 0], [0, 1]]))
    #expect(
      Tensor.identity(2, columns: 3, diagonal: 1, elementType: .int32)
        == Tensor([[Int32(0), 1, 0], [0, 0, 1]]))
    #expect(
      Tensor.identity(3, columns: 2, diagonal: -1, elementType: .bool)
        == Tensor([[false, false], [true, false], [false, true]]))
    #expect(Tensor.identity(2, diagonal: 5) == Tensor.zeros([2, 2]))
    #expect(Tensor.identity(0).shape == [0, 0])
    #expect(Tensor.identity(2, columns: 0).shape == [2, 0])
    #expect(Tensor.identity(-1).error?.got == "[-1, -1]")
  }

  @Test(arguments: [
    (0, 5, 1), (2, 9, 3), (2, 8, 3), (2, 3, 3), (5, 5, 1), (5, 2, 1), (5, 0, -2), (4, 0, -2),
    (-3, 3, 2), (0, -1, 1), (0, 1, .max), (0, -1, .min + 1),
  ]) func `ranges of whole numbers are those of stride`(_ start: Int, _ end: Int, _ step: Int) {
    #expect(
      Tensor.range(from: start, to: end, by: step).scalars(as: Int.self)
        == Array(stride(from: start, to: end, by: step)))
  }

  @Test func `ranges of any type`() {
    #expect(Tensor.range(from: 2, to: 5) == Tensor([Int32(2), 3, 4]))
    let large = Tensor.range(
      from: .max - 3, to: .max, by: 2, elementType: .int64)
    #expect(large == Tensor([Int.max - 3, .max - 1]))
    #expect(Tensor.range(from: 0, to: 4, by: 2, elementType: .float64) == Tensor([0.0, 2]))
    #expect(Tensor.range(from: 0.5, to: 2, by: 0.5) == Tensor([Float(0.5), 1, 1.5]))
    #expect(Tensor.range(from: 1.0, to: 0, by: -0.25, elementType: .float64).count == 4)
    #expect(Tensor.range(from: 1.0, to: 0).shape == [0])
  }

  @Test func `ranges without an end are invalid`() {
    #expect(Tensor.range(from: 0, to: 1, by: 0).error != nil)
    #expect(Tensor.range(from: .min, to: .max).error != nil)
    #expect(Tensor.range(from: 0, to: -1, by: .min).error != nil)
    for (start, end, step) in [(0, 1, 0), (0, .infinity, 1), (.nan, 1, 1), (0, 1, 1e-300)] {
      let wrong = Tensor.range(from: start, to: end, by: step) as Tensor
      #expect(wrong.error?.operation == "range(from:to:by:)")
    }
    #expect(Tensor.range(from: 0, to: 1e18).error != nil)
  }

  @Test func `numbers at equal ratios`() {
    #expect(
      Tensor.geometricallySpaced(from: 1, through: 1000, count: 4, elementType: .float64)
        == Tensor([1.0, 10, 100, 1000]))
    expectClose(
      Tensor.geometricallySpaced(from: -8, through: -1, count: 4, elementType: .float64),
      Tensor([-8.0, -4, -2, -1]), relative: 1e-14)
    #expect(Tensor.geometricallySpaced(from: 3, through: 5, count: 1) == Tensor([Float(3)]))
    #expect(Tensor.geometricallySpaced(from: 3, through: 5, count: 0).shape == [0])
    let tiny = Tensor.geometricallySpaced(
      from: 1e-300, through: 1e-280, count: 3, elementType: .float64)
    expectClose(tiny, Tensor([1e-300, 1e-290, 1e-280]), relative: 1e-12, absolute: 0)
    for (start, end) in [(0.0, 1.0), (-1, 1), (1, .infinity), (.nan, 1)] {
      let wrong = Tensor.geometricallySpaced(from: start, through: end, count: 3)
      #expect(wrong.error?.operation == "geometricallySpaced")
    }
    #expect(Tensor.geometricallySpaced(from: 1, through: 2, count: -1).error != nil)
  }

  @Test func `coordinates of a grid`() {
    let grid = meshgrid(Tensor([1, 2]), Tensor([10.0, 20, 30]))
    #expect(grid.count == 2)
    #expect(grid[0] == Tensor([[1, 1, 1], [2, 2, 2]]))
    #expect(grid[1] == Tensor([[10.0, 20, 30], [10, 20, 30]]))
    #expect(meshgrid(Tensor([1]), Tensor([1, 2]), Tensor([Int]()))[1].shape == [1, 2, 0])
    #expect(meshgrid(Tensor([1]), Tensor(2))[1].error?.operation == "meshgrid")
    expectGradientsMatch(at: [Tensor([1.0, 2]), Tensor([3.0, 4, 5])], "meshgrid") { p in
      let grid = meshgrid(p[0], p[1])
      return grid[0] * grid[0] * grid[1]
    }
  }

  @Test func `one at each position`() {
    #expect(
      oneHot(Tensor([[2, 0], [-1, 3]]), count: 3, elementType: .int32)
        == Tensor([[[0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 0, 0]]]).cast(to: .int32))
    #expect(oneHot(Tensor(UInt8(1)), count: 2) == Tensor([Float(0), 1]))
    #expect(oneHot(Tensor([1]), count: 0).shape == [1, 0])
    #expect(oneHot(Tensor([1.0]), count: 2).error?.operation == "oneHot(_:count:)")
    #expect(oneHot(Tensor([1]), count: -1).error != nil)
  }
}
