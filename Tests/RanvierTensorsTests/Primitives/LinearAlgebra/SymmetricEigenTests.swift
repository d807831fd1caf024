import RanvierTensors
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  @Test(arguments: [[4, 4], [3, 2, 5, 5], [150, 150], [1, 1], [0, 0], [0, 3, 3]])
  func `vectors are scaled by their values`(_ sizes: [Int]) {
    var generator = TestGenerator(salt: "eigen \(sizes)")
    let x = Tensor.random(Shape(sizes), using: &generator)
    let a = (x + x.swappedAxes(-1, -2)) / 2
    let (values, vectors) = symmetricEigen(x)
    let scaled = vectors * values.expandedDimension(at: -2)
    expectClose(matmul(a, vectors), scaled, relative: 1e-11, absolute: 1e-12, "A V = V W")
    let product = matmul(vectors.swappedAxes(-1, -2), vectors)
    let identity = matrixPower(product, 0)
    expectClose(product, identity, absolute: 1e-12, "Vᵀ V")
    for row in 0 ..< values.count / max(1, sizes[sizes.count - 1]) {
      let numbers = values.reshaped(to: [-1, sizes[sizes.count - 1]])[row].scalars(as: Double.self)
      #expect(numbers == numbers.sorted())
    }
  }

  @Test func `known values`() {
    let (values, vectors) = symmetricEigen(Tensor([[2.0, 1], [1, 2]]))
    let half = 0.5.squareRoot()
    expectClose(values, Tensor([1.0, 3]), relative: 1e-15)
    expectClose(vectors, Tensor([[half, half], [-half, half]]), relative: 1e-14)
  }

  @Test func `equal eigenvalues have derivatives without the vectors`() {
    let identity = Tensor([[1.0, 0], [0, 1]])
    expectClose(
      gradient(at: identity) { square(symmetricEigenvalues($0)).sum() }, identity * 2,
      relative: 1e-14, absolute: 1e-14)
    let wrong = gradient(at: identity) {
      (symmetricEigen($0).vectors * Tensor([[1.0, 2], [3, 5]])).sum()
    }
    #expect(wrong.scalars(as: Double.self).contains { !$0.isFinite })
  }

  @Test func `derivatives exist where a cotangent happens to be zero`() {
    // At its smallest value the distance from fixed vectors has slope 0, but a curvature.
    let a = Tensor([[3.0, 0.5, 0.1], [0.5, 1, 0.2], [0.1, 0.2, 5]])
    let fixed = symmetricEigen(a).vectors
    expectGradientsMatch(at: [a], "distance from vectors") { x in
      square(symmetricEigen(x[0]).vectors - fixed).sum()
    }
  }
}
