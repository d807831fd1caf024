import RanvierTensors
import TestSupport
import Testing

@Suite struct MatrixExponentialTests {
  @Test func `known exponentials`() {
    for type in [ElementType.float64, .float32] {
      let tolerance = type == .float64 ? 1e-14 : 1e-6
      let angle = 0.7
      let turn = matrixExponential(Tensor([[0, -angle], [angle, 0]]).cast(to: type))
      let (c, s) = (0.7648421872844885, 0.644217687237691)
      expectClose(turn, Tensor([[c, -s], [s, c]]), relative: tolerance, absolute: tolerance)
      let steep = matrixExponential(Tensor([[0, 1000.0], [0, 0]]).cast(to: type))
      expectClose(steep, Tensor([[1.0, 1000], [0, 1]]), relative: tolerance, absolute: tolerance)
      let zero = Tensor.zeros([2, 2, 2], elementType: type)
      #expect(matrixExponential(zero) == matrixPower(zero, 0))
      #expect(matrixExponential(Tensor.zeros([0, 0])).shape == [0, 0])
    }
    let numbers = Tensor([-30.0, -1, 0, 1, 30, 300]).reshaped(to: [6, 1, 1])
    expectClose(matrixExponential(numbers), exp(numbers), relative: 1e-12)
  }

  /// Numbers computed with SciPy from a matrix given by a formula.
  @Test(arguments: [
    (0.01, 1.2657081019364673), (1.0, 1.7419116958438376), (5.0, 4349.38667099247),
  ])
  func `results agree with SciPy`(_ scale: Double, _ expected: Double) {
    let i = Tensor.range(10, elementType: .float64).expandedDimension(at: 1)
    let j = Tensor.range(10, elementType: .float64)
    let a = cos(0.37 * i * j + 0.11 * i * i - 0.2 * j)
    let weights = 0.1 + 0.05 * j
    let result = matmul(weights, matmul(matrixExponential(a * scale), weights))
    expectClose(result, Tensor(expected), relative: 1e-11)
  }

  @Test func `each matrix of a batch is scaled by itself`() {
    var generator = TestGenerator(salt: "exponential")
    let scales = Tensor([1e-3, 1, 30]).reshaped(to: [3, 1, 1])
    let a = Tensor.random([3, 4, 4], using: &generator) * scales
    let whole = matrixExponential(a)
    for index in 0 ..< 3 {
      expectClose(whole[index], matrixExponential(a[index]), relative: 1e-13, absolute: 1e-13)
      // e^A e^-A = 1, as far as the digits of large elements allow.
      if index < 2 {
        let inverse = matrixExponential(-a[index])
        expectClose(matmul(whole[index], inverse), matrixPower(a[index], 0), absolute: 1e-12)
      }
    }
  }

  @Test func `derivatives, with and without squarings`() {
    var generator = TestGenerator(salt: "exponential derivatives")
    let a = Tensor.random([2, 3, 3], using: &generator)
    let scales = Tensor([0.5, 6]).reshaped(to: [2, 1, 1])
    expectGradientsMatch(at: [a], relative: 1e-4, absolute: 1e-5, "exponential") {
      matrixExponential($0[0] * scales)
    }
    // Elsewhere in the batch a result is so large that its square is not a number.
    let pair = Tensor([-1.0, 500]).reshaped(to: [2, 1, 1])
    let slope = gradient(at: pair) { matrixExponential($0).sum() }
    expectClose(slope, exp(pair), relative: 1e-11)
  }

  @Test func `what is too large gives not-a-number`() {
    let a = Tensor([-1e6, .nan, .infinity, 1]).reshaped(to: [4, 1, 1])
    let result = matrixExponential(a).scalars(as: Double.self)
    #expect(result[0].isNaN && result[1].isNaN && result[2].isNaN && result[3].isFinite)
  }

  @Test func `wrong operands say what is needed`() {
    #expect(
      matrixExponential(Tensor.zeros([2, 3])).error?.message
        == "matrixExponential needs square matrices of type f32 or f64, got f32[2, 3]")
  }
}
