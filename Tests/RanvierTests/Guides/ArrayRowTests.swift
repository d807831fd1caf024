import Foundation
import Ranvier
import TestSupport
import Testing

/// The tensors that the guide's tables assume.
struct GuideTensors {
  let x = Tensor([[1, 2, 3], [4, 5, 6]]).cast(to: .float32)
  let y = Tensor([[6, 5, 4], [3, 2, 1]]).cast(to: .float32)
  let v = Tensor([Float(3), 1, 2])
  let a = Tensor([[Float(4), 1], [1, 3]])
  let b = Tensor([[Float(1)], [2]])
  let rows = Tensor([1, 0, 1])
  let key = RandomKey(seed: 0)
  var mask: Tensor { greater(x, 2) }
}

/// Expects a tensor to have the elements of a matrix, up to rounding.
func expectRows(
  _ actual: Tensor, _ expected: [[Double]], sourceLocation: SourceLocation = #_sourceLocation
) { expectClose(actual, Tensor(expected), sourceLocation: sourceLocation) }

/// Expects a tensor to have the elements of a vector, up to rounding.
func expectVector(
  _ actual: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
) { expectClose(actual, Tensor(expected), sourceLocation: sourceLocation) }

/// Expects a tensor to hold one number, up to rounding.
func expectNumber(
  _ actual: Tensor, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
) { expectClose(actual, Tensor(expected), sourceLocation: sourceLocation) }

/// The rows on making tensors, indexing and shapes.
@Suite struct ArrayRowTests {
  private let given = GuideTensors()

  @Test func creation() {
    let (x, v, rows) = (given.x, given.v, given.rows)
    let numbers = [1.0, 2, 3, 4]
    #expect(Tensor([[1, 2], [3, 4]]).type == TensorType(.int64, [2, 2]))
    expectNumber(Tensor(5.0), 5)
    expectRows(Tensor(numbers, shape: [2, 2]), [[1, 2], [3, 4]])
    #expect(Tensor.zeros([2, 3]).type == TensorType(.float32, [2, 3]))
    #expect(Tensor.ones([3], elementType: .int32) == Tensor([Int32(1), 1, 1]))
    expectRows(Tensor(repeating: 7, shape: [2, 2]), [[7, 7], [7, 7]])
    expectRows(Tensor.zeros(like: x), [[0, 0, 0], [0, 0, 0]])
    expectRows(Tensor(repeating: 7, like: x), [[7, 7, 7], [7, 7, 7]])
    expectRows(Tensor.identity(3), [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    expectRows(Tensor.identity(2, columns: 3, diagonal: 1), [[0, 1, 0], [0, 0, 1]])
    expectVector(Tensor.range(5), [0, 1, 2, 3, 4])
    expectVector(Tensor.range(from: 2, to: 10, by: 3), [2, 5, 8])
    expectVector(Tensor.linearlySpaced(from: 0, through: 1, count: 5), [0, 0.25, 0.5, 0.75, 1])
    expectVector(
      Tensor.geometricallySpaced(from: 1, through: 1000, count: 4), [1, 10, 100, 1000])
    expectRows(meshgrid(v, v)[0], [[3, 3, 3], [1, 1, 1], [2, 2, 2]])
    expectRows(oneHot(rows, count: 3), [[0, 1, 0], [1, 0, 0], [0, 1, 0]])
    expectRows(v.diagonalMatrix(), [[3, 0, 0], [0, 1, 0], [0, 0, 2]])
  }

  @Test func `to Swift and back`() {
    let (x, v) = (given.x, given.v)
    #expect((x.shape, x.rank, x.count) == ([2, 3], 2, 6))
    #expect(x.elementType == .float32)
    #expect(x.scalars() == [Float(1), 2, 3, 4, 5, 6])
    #expect(x.rows(as: Double.self) == [[1, 2, 3], [4, 5, 6]])
    #expect(v[0].scalar() == Float(3))
    #expect(x.cast(to: .float64).elementType == .float64)
    var z = x
    z[0, 0] = Tensor(9)
    #expect(x[0, 0] == Tensor(Float(1)) && z[0, 0] == Tensor(Float(9)))
    print(x)
    #expect("\(x)" == "[[1. 2. 3.]\n [4. 5. 6.]]")
  }

  @Test func `indexing and masks`() {
    let (x, y, v, mask, rows) = (given.x, given.y, given.v, given.mask, given.rows)
    expectVector(x[0], [1, 2, 3])
    expectNumber(x[-1, 2], 6)
    expectRows(x[.all, 1...], [[2, 3], [5, 6]])
    expectRows(x[.all, .every(2)], [[1, 3], [4, 6]])
    expectVector(x[.ellipsis, 0], [1, 4])
    #expect(x[.all, .newAxis].shape == [2, 1, 3])
    var z = x
    z[0, 1...] = v[1...]
    expectRows(z, [[1, 1, 2], [4, 5, 6]])
    expectVector(x[mask], [3, 4, 5, 6])
    z[mask] = Tensor(0)
    expectRows(z, [[1, 1, 0], [0, 0, 0]])
    expectRows(x[rows], [[4, 5, 6], [1, 2, 3], [4, 5, 6]])
    z[rows] = v
    expectRows(z, [[3, 1, 2], [3, 1, 2]])
    expectRows(x.gathered(at: rows, alongAxis: 1), [[2, 1, 2], [5, 4, 5]])
    let i = Tensor([[0, 2], [1, 1]])
    expectRows(x.gatheredElements(at: i, alongAxis: 1), [[1, 3], [5, 5]])
    z = x
    expectRows(z.scatterAdding(1, at: rows), [[2, 3, 4], [6, 7, 8]])
    expectRows(select(mask, x, y), [[6, 5, 3], [4, 5, 6]])
    expectRows(x.replacing(where: mask, with: 0), [[1, 2, 0], [0, 0, 0]])
    expectRows(mask.nonzeroPositions(), [[0, 2], [1, 0], [1, 1], [1, 2]])
    expectNumber(x.nonzeroCount(), 6)
  }

  @Test func shape() {
    let (x, y, v, a) = (given.x, given.y, given.v, given.a)
    let c = x.expandedDimension(at: 0)
    expectRows(x.reshaped(to: [3, -1]), [[1, 2], [3, 4], [5, 6]])
    expectVector(x.flattened(), [1, 2, 3, 4, 5, 6])
    expectRows(x.transposed(), [[1, 4], [2, 5], [3, 6]])
    #expect(c.transposed(permutation: [2, 0, 1]).shape == [3, 1, 2])
    #expect(c.swappedAxes(0, 1).shape == [2, 1, 3])
    #expect(c.movedAxis(from: 0, to: -1).shape == [2, 3, 1])
    #expect(x.expandedDimension(at: 0).shape == [1, 2, 3])
    #expect(c.squeezed(axes: [0]) == x)
    expectRows(v.broadcast(to: [2, 3]), [[3, 1, 2], [3, 1, 2]])
    expectRows(x.summed(to: [2, 1]), [[6], [15]])
    expectRows(
      Tensor(concatenating: [x, y], alongAxis: 1), [[1, 2, 3, 6, 5, 4], [4, 5, 6, 3, 2, 1]])
    #expect(Tensor(stacking: [x, y])[1] == y)
    expectRows(x.split(into: 3, alongAxis: 1)[1], [[2], [5]])
    expectRows(x.split(sizes: [1, 2], alongAxis: 1)[1], [[2, 3], [5, 6]])
    #expect(x.unstacked() == [x[0], x[1]])
    expectRows(v.tiled([2, 1]), [[3, 1, 2], [3, 1, 2]])
    expectVector(v.repeatingElements(2), [3, 3, 1, 1, 2, 2])
    expectRows(x.reversed(alongAxes: [1]), [[3, 2, 1], [6, 5, 4]])
    expectVector(v.rolled(by: 1), [2, 3, 1])
    expectVector(v.padded([(before: 1, after: 2)]), [0, 3, 1, 2, 0, 0])
    expectRows(a.lowerTriangle(), [[4, 0], [1, 3]])
    expectRows(a.upperTriangle(), [[4, 1], [0, 3]])
    expectVector(a.diagonal(), [4, 3])
  }
}
