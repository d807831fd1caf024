import RanvierTensors
import TestSupport
import Testing

/// Systems of equations with general and with triangular matrices.
@Suite struct LinearSolveTests {
  @Test func `solutions fulfil their equations`() {
    var generator = TestGenerator(salt: "solve")
    for (left, right) in [
      ([4, 4], [4]), ([4, 4], [4, 2]), ([3, 4, 4], [4]), ([3, 4, 4], [4, 2]), ([4, 4], [3, 4, 2]),
      ([2, 1, 3, 3], [1, 5, 3, 2]), ([3, 3], [2, 5, 3, 1]), ([2, 2], [0, 2, 3]),
    ] as [(Shape, Shape)] {
      let a = Tensor(PrimitiveSample.Operand(left, .dominantDiagonal), using: &generator)
      let b = Tensor.random(right, using: &generator)
      let x = solve(a, b)
      let isVector = right.rank == 1
      let product =
        isVector
        ? matmul(a, x.expandedDimension(at: -1)).squeezed(axes: [-1])
        : matmul(a, x)
      expectClose(
        product, b.broadcast(to: product.shape), relative: 1e-12, absolute: 1e-12,
        "\(left) and \(right)")
      for (lower, transposed) in [(true, false), (true, true), (false, false), (false, true)] {
        let triangle = lower ? a.lowerTriangle() : a.upperTriangle()
        let y = triangularSolve(a, b, lower: lower, transposed: transposed)
        let wanted = solve(transposed ? triangle.swappedAxes(-1, -2) : triangle, b)
        expectClose(y, wanted, relative: 1e-12, absolute: 1e-12, "triangle of \(left)")
      }
    }
  }

  @Test func `a right-hand side of another type is converted`() {
    let x = solve(Tensor([[2.0, 0], [0, 4]]), Tensor([Float(1), 1]))
    #expect(x == Tensor([0.5, 0.25]))
    #expect(solve(Tensor([[2.0]]), Tensor([6])) == Tensor([3.0]))
  }

  @Test func `singular matrices give not-a-number`() {
    let a = Tensor([[[1.0, 2], [2, 4]], [[1, 0], [0, 2]], [[0, 0], [0, 0]]])
    let x = solve(a, Tensor([1.0, 2]))
    #expect(x[0].scalars(as: Double.self).allSatisfy { $0.isNaN })
    #expect(x[2].scalars(as: Double.self).allSatisfy { $0.isNaN })
    expectClose(x[1], Tensor([1.0, 1]), relative: 0, absolute: 0)
    #expect(inverse(a)[0].scalars(as: Double.self).allSatisfy { $0.isNaN })
    // A zero on a triangle's diagonal divides.
    let divided = triangularSolve(Tensor([[0.0]]), Tensor([2.0]))
    #expect(divided == Tensor([Double.infinity]))
  }

  @Test func `what is not finite on the right stays in its column`() {
    let a = Tensor([[2.0, 1], [1, 3]])
    let x = solve(a, Tensor([[1.0, .nan], [2, 1]]))
    expectClose(x[.all, 0], solve(a, Tensor([1.0, 2])), relative: 1e-15)
    #expect(x[.all, 1].scalars(as: Double.self).allSatisfy { $0.isNaN })
  }

  @Test func `the other triangle is not read`() {
    let a = Tensor([[2.0, .nan], [1, 4]])
    expectClose(triangularSolve(a, Tensor([2.0, 9])), Tensor([1.0, 2]), relative: 0, absolute: 0)
    let unit = triangularSolve(
      Tensor([[Double.nan, 3], [.nan, .nan]]), Tensor([7.0, 2]), lower: false, unitDiagonal: true)
    expectClose(unit, Tensor([1.0, 2]), relative: 0, absolute: 0)
    let slope = gradient(at: Tensor([[2.0, 5], [1, 4]])) {
      triangularSolve($0, Tensor([2.0, 9])).sum()
    }
    #expect(slope[0, 1].scalar(as: Double.self) == 0)
  }

  @Test func `a matrix times its inverse is the identity`() {
    var generator = TestGenerator(salt: "inverse")
    let shape: Shape = [3, 20, 20]
    let a = Tensor(PrimitiveSample.Operand(shape, .dominantDiagonal), using: &generator)
    expectClose(matmul(a, inverse(a)), matrixPower(a, 0), absolute: 1e-13)
    expectClose(inverse(inverse(a)), a, relative: 1e-12, absolute: 1e-12)
    let small = a[0][0 ..< 3, 0 ..< 3]
    expectGradientsMatch(at: [small], "inverse") { inverse($0[0]) }
  }

  @Test func `large systems`() {
    var generator = TestGenerator(salt: "large")
    let a = Tensor(PrimitiveSample.Operand([500, 500], .dominantDiagonal), using: &generator)
    let x = Tensor.random([500, 3], using: &generator)
    expectClose(solve(a, matmul(a, x)), x, relative: 1e-10, absolute: 1e-11)
  }
}
