import RanvierTensors
import TestSupport
import Testing

@Suite struct DiagonalTests {
  @Test func `diagonals of random shapes, axes and offsets`() {
    for round in 0 ..< 100 {
      var generator = TestGenerator(salt: "diagonal \(round)")
      let shape = Shape.random(ranks: 2 ... 4, using: &generator)
      let axes = Array(0 ..< shape.rank).shuffled(using: &generator)
      let (row, column) = (axes[0], axes[1])
      let offset = Int.random(in: -5 ... 5, using: &generator)
      let x = Tensor.random(shape, using: &generator)
      let array = ReferenceArray(x)
      let others = axes.dropFirst(2).sorted()
      var expected: [Double] = []
      for outer in Shape(others.map { shape[$0] }).indices {
        for position in 0 ..< shape[row]
        where (0 ..< shape[column]).contains(position + offset) {
          var index = [Int](repeating: 0, count: shape.rank)
          for (axis, value) in zip(others, outer) { index[axis] = value }
          index[row] = position
          index[column] = position + offset
          expected.append(array[index])
        }
      }
      let diagonal = x.diagonal(offset: offset, axes: (row, column - shape.rank))
      #expect(diagonal.scalars(as: Double.self) == expected, "\(shape) \(offset) \(axes)")
      #expect(diagonal.shape.sizes.dropLast() == others.map { shape[$0] }[...])
      expectClose(
        trace(x, offset: offset, axes: (row, column)), diagonal.sum(alongAxes: [-1]),
        relative: 1e-12)
      // A matrix with this diagonal has it there and zeros elsewhere.
      let matrix = diagonal.diagonalMatrix(offset: offset)
      #expect(matrix.diagonal(offset: offset) == diagonal)
      #expect(matrix.shape[-1] == diagonal.shape[-1] + abs(offset))
      expectClose(
        matrix.sum(alongAxes: [-1, -2]), diagonal.sum(alongAxes: [-1]), relative: 1e-12,
        absolute: 1e-12)
    }
  }

  @Test(.tags(.gradient)) func `derivatives`() {
    var generator = TestGenerator(salt: "diagonal derivative")
    expectGradientsMatch(at: [.random([3, 4, 2], using: &generator)], "diagonal") {
      (sin($0[0]).diagonal(offset: 1, axes: (0, 1))).diagonalMatrix(offset: -1)
    }
  }

  @Test func `what has no diagonal is an error`() {
    #expect(Tensor([1.0]).diagonal().error != nil)
    #expect(
      Tensor.ones([2, 2]).diagonal(axes: (1, 1)).error?.message
        == "diagonal(offset:axes:) needs different axes in -2 ..< 2, got [1, 1] for shape [2, 2]")
    #expect(Tensor(1.0).diagonalMatrix().error != nil)
    #expect(Tensor.ones([2, 2]).diagonal(offset: .min).shape == [0])
    #expect(Tensor.ones([2, 2]).diagonal(offset: .max).shape == [0])
    #expect(trace(Tensor([1.0])).error != nil)
  }
}
