import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SparseTests {
  static let key = RandomKey(seed: 6)

  @Test(
    arguments: [
      ([10, 7], 0.9, 9), ([100, 3], 0.07, 7), ([10, 3], 0.25, 3), ([5, 4], 0, 0), ([5, 4], 1, 5),
      ([3, 2, 5, 4], 0.5, 15),
    ] as [([Int], Double, Int)])
  func `each column has a number of zeros`(sizes: [Int], sparsity: Double, zeros: Int) {
    let kernel = Initializer.sparse(sparsity)(Shape(sizes), key: Self.key)
    let rows = kernel.reshaped(to: [kernel.count / sizes[sizes.count - 1], sizes[sizes.count - 1]])
    let counts = equal(rows, 0).cast(to: .int32).sum(alongAxes: [0])
    #expect(counts.scalars(as: Int32.self).allSatisfy { $0 == zeros }, "\(counts)")
  }

  @Test func `zeros are anywhere, and the others normal`() {
    let (rows, columns) = (20, 5000)
    let kernel = Initializer.sparse(0.75, standardDeviation: 2)(
      [rows, columns], key: Self.key, elementType: .float64)
    // A row's share of zeros over n columns has the standard error sqrt(p (1 - p) / n).
    let shares = equal(kernel, 0).cast(to: .float64).mean(alongAxes: [1])
    expectClose(
      shares, Tensor([Double](repeating: 0.75, count: rows)), relative: 0,
      absolute: 5 * (0.75 * 0.25 / Double(columns)).squareRoot())
    // A quarter of the numbers is left; their mean is 0, and so the sums tell the moments. Five
    // standard errors: sqrt(variance / n) and variance * sqrt(2 / n).
    let count = Double(rows * columns) / 4
    expectClose(
      kernel.sum() / count, Tensor(0.0), relative: 0, absolute: 5 * 2 / count.squareRoot())
    expectClose(
      square(kernel).sum() / count, Tensor(4.0), relative: 5 * (2 / count).squareRoot(),
      absolute: 0)
  }
}
