import RanvierFunctions
import RanvierTensors
import Testing

/// Sizes along one axis with the padding that the rule of TensorFlow gives.
struct SamePaddingCase: Sendable, CustomTestStringConvertible {
  let input: Int
  let window: Int
  let stride: Int
  let dilation: Int
  let expected: [Int]
  var testDescription: String {
    "\(input), window \(window), stride \(stride), dilation \(dilation)"
  }

  static let all = [
    (5, 3, 1, 1, [1, 1]), (5, 2, 1, 1, [0, 1]), (5, 4, 1, 1, [1, 2]), (5, 3, 2, 1, [1, 1]),
    (6, 3, 2, 1, [0, 1]), (6, 1, 2, 1, [0, 0]), (5, 3, 1, 2, [2, 2]), (4, 2, 3, 1, [0, 1]),
    (7, 2, 3, 1, [0, 1]), (8, 2, 3, 1, [0, 0]), (2, 5, 1, 1, [2, 2]), (224, 7, 2, 1, [2, 3]),
  ].map {
    SamePaddingCase(input: $0.0, window: $0.1, stride: $0.2, dilation: $0.3, expected: $0.4)
  }
}

@Suite struct PaddingTests {
  @Test(arguments: SamePaddingCase.all)
  func `same pads so that the output is the input over the stride`(row: SamePaddingCase) throws {
    let geometry = try WindowGeometry(
      "conv", input: [row.input], size: [row.window], strides: [row.stride], padding: .same,
      dilation: [row.dilation])
    #expect([geometry.paddingLow[0], geometry.paddingHigh[0]] == row.expected)
    let output = geometry.outputSizes(of: [row.input])
    #expect(output == [(row.input + row.stride - 1) / row.stride])
  }

  @Test func `same depends on the stride as in TensorFlow; Axon's is explicit`() {
    let x = Tensor([1.0, 2, 3, 4], shape: [1, 4, 1])
    let kernel = Tensor([1.0, 10, 100], shape: [3, 1, 1])
    #expect(
      convolution(x, kernel, strides: [2], padding: .same).flattened() == Tensor([321.0, 43]))
    #expect(
      convolution(x, kernel, strides: [2], padding: .explicit(1)).flattened()
        == Tensor([210.0, 432]))
  }

  @Test func `is compared by value`() {
    #expect(Padding.explicit(2) == .explicit(low: [2], high: [2]))
    #expect(Padding.same != .valid)
  }
}
