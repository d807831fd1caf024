import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Fans of a kernel, and what computes with it.
struct LayoutCase: Sendable, CustomTestStringConvertible {
  let layout: KernelLayout
  let kernel: Shape
  let input: Shape
  let function: @Sendable (_ x: Tensor, _ kernel: Tensor) -> Tensor
  var testDescription: String { "\(layout) \(kernel)" }

  /// Strides are 1 and images large, so that some outputs and inputs are away from borders.
  static let all = [
    LayoutCase(layout: .dense, kernel: [3, 4], input: [1, 3]) { dense($0, $1) },
    LayoutCase(layout: .dense, kernel: [5, 3, 4], input: [1, 11, 3]) { convolution($0, $1) },
    LayoutCase(layout: .dense, kernel: [2, 3, 4, 5], input: [1, 7, 9, 4]) { convolution($0, $1) },
    LayoutCase(layout: .convolution(groups: 2), kernel: [3, 2, 6], input: [1, 9, 4]) {
      convolution($0, $1, groups: 2)
    },
    LayoutCase(layout: .convolution(groups: 4), kernel: [3, 2, 1, 8], input: [1, 9, 7, 4]) {
      convolution($0, $1, groups: 4)
    },
    LayoutCase(layout: .transposedConvolution(groups: 1), kernel: [3, 2, 5], input: [1, 9, 5]) {
      transposedConvolution($0, $1)
    },
    LayoutCase(
      layout: .transposedConvolution(groups: 2), kernel: [3, 2, 2, 6], input: [1, 9, 7, 6]
    ) { transposedConvolution($0, $1, groups: 2) },
    LayoutCase(layout: .embedding, kernel: [7, 3], input: [1]) { x, table in
      embedding(x.cast(to: .int32), table: table)
    },
    LayoutCase(layout: .stacked, kernel: [3, 4, 5], input: [3, 1, 4]) { matmul($0, $1) },
  ]
}

@Suite struct KernelLayoutTests {
  @Test(arguments: LayoutCase.all)
  func `fans are the numbers of values that are combined`(row: LayoutCase) {
    let kernel = Tensor.ones(row.kernel, elementType: .float64)
    let x = Tensor.ones(row.input, elementType: .float64)
    // With ones everywhere, an output is how many values it combines, and the derivative of their
    // sum is how many outputs an input takes part in.
    let largest = row.function(x, kernel).max().scalar(as: Double.self)
    let fans = row.layout.fans(of: row.kernel)
    #expect(fans.inputs == largest)
    let uses =
      row.layout == .embedding
      ? Double(row.function(x, kernel).count)
      : gradient(at: x) { row.function($0, kernel).sum() }.max().scalar(as: Double.self)
    #expect(fans.outputs == uses)
  }

  @Test func `bilinear kernels combine products`() {
    #expect(KernelLayout.bilinear.fans(of: [7, 3, 4]) == (12, 7))
  }

  @Test(
    arguments: [
      ([], 1, 1), ([7], 7, 7), ([3, 4], 3, 4), ([5, 3, 4], 15, 20), ([2, 3, 4, 5], 24, 30),
      ([2, 2, 2, 1, 6], 8, 48), ([3, 3, 0, 4], 0, 36),
    ] as [([Int], Double, Double)])
  func `fans of dense kernels follow shapes`(sizes: [Int], inputs: Double, outputs: Double) {
    #expect(KernelLayout.dense.fans(of: Shape(sizes)) == (inputs, outputs))
  }
}
