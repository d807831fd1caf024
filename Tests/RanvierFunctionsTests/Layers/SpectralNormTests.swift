import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SpectralNormTests {
  let kernel = RandomKey(seed: 1).normal([2, 3, 4], elementType: .float64)
  let left = RandomKey(seed: 2).normal([4], elementType: .float64).normalized()
  let zeros = Tensor.zeros([6], elementType: .float64)

  @Test func `many iterations bring the largest singular value to 1`() {
    let step = spectralNormTraining(kernel, left: left, right: zeros, iterations: 200)
    let matrix = step.output.reshaped(to: [6, 4])
    let values = symmetricEigen(matmul(matrix.transposed(), matrix)).values
    expectClose(values.max(), Tensor(1.0), relative: 1e-9)
    expectClose(step.left.norm(), Tensor(1.0), relative: 1e-12)
    // From there on nothing changes.
    let next = spectralNormTraining(kernel, left: step.left, right: step.right)
    expectClose(next.output, step.output, relative: 1e-9)
    expectClose(
      spectralNorm(kernel, left: step.left, right: step.right), step.output, relative: 1e-12)
  }

  @Test func `without a right vector takes the best for the left`() {
    let right = matmul(kernel.reshaped(to: [6, 4]), left).normalized()
    expectClose(
      spectralNorm(kernel, left: left, right: zeros),
      spectralNorm(kernel, left: left, right: right), relative: 1e-12)
    #expect(isFinite(spectralNorm(kernel, left: left, right: zeros)).all().scalar(as: Bool.self))
  }

  @Test func `a diagonal kernel is divided by its largest element`() {
    let diagonal = Tensor([3.0, -5, 1]).diagonalMatrix()
    let step = spectralNormTraining(
      diagonal, left: Tensor([0.6, 0.8, 0]), right: Tensor.zeros([3], elementType: .float64),
      iterations: 60)
    expectClose(step.output, diagonal / 5, relative: 1e-9, absolute: 1e-9)
  }

  @Test func `derivatives do not go through the vectors`() {
    let step = spectralNormTraining(kernel, left: left, right: zeros)
    let slope = gradient(at: kernel) {
      spectralNormTraining($0, left: left, right: zeros).output.sum()
    }
    let fixed = gradient(at: kernel) {
      spectralNorm($0, left: step.left, right: step.right).sum()
    }
    expectClose(slope, fixed, relative: 1e-12)
    let none = gradient(at: left) {
      spectralNormTraining(kernel, left: $0, right: zeros).left.sum()
    }
    #expect(none == Tensor.zeros([4], elementType: .float64))
  }

  @Test func `other axes of outputs`() {
    let moved = kernel.movedAxis(from: -1, to: 0)
    let step = spectralNormTraining(moved, left: left, right: zeros, axis: 0)
    let expected = spectralNormTraining(kernel, left: left, right: zeros)
    expectClose(step.output.movedAxis(from: 0, to: -1), expected.output, relative: 1e-12)
    expectClose(step.right, expected.right, relative: 1e-12)
  }

  @Test func `says what does not fit`() {
    expectError(
      spectralNorm(kernel, left: zeros, right: left),
      """
      spectralNorm needs a left vector [4] and a right vector [6], got [6] and [4] for a kernel \
      [2, 3, 4] and axis -1
      """)
    expectError(
      spectralNormTraining(kernel, left: left, right: zeros, iterations: 0).output,
      "spectralNorm needs at least one iteration, got 0")
    expectError(
      spectralNorm(Tensor.range(3), left: left, right: left),
      "spectralNorm needs a kernel of floating-point numbers, got i32[3]")
  }
}
