import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct AxialConvolutionTests {
  let x = RandomKey(seed: 1).normal([2, 5, 6, 2], elementType: .float64)
  let first = RandomKey(seed: 2).normal([3, 1, 1, 4], elementType: .float64)
  let second = RandomKey(seed: 3).normal([1, 2, 1, 4], elementType: .float64)

  @Test func `equals a depthwise convolution by the product of the kernels`() {
    expectClose(
      axialConvolution(
        x, kernels: [first, second], strides: [2, 1], padding: .same, dilation: [1, 2]),
      depthwiseConvolution(
        x, first * second, strides: [2, 1], padding: .same, dilation: [1, 2]),
      relative: 1e-12, absolute: 1e-12)
  }

  @Test func `says what does not fit`() {
    let rule =
      "axialConvolution needs a kernel for each of the 2 spatial axes, of size 1 along the others, "
      + "and as many biases or none, got "
    expectError(
      axialConvolution(x, kernels: [first]), rule + "kernels [[3, 1, 1, 4]], 0 biases")
    expectError(
      axialConvolution(x, kernels: [second, first]),
      rule + "kernels [[1, 2, 1, 4], [3, 1, 1, 4]], 0 biases")
    expectError(
      axialConvolution(x, kernels: [first, second], biases: [Tensor.ones([4])]),
      rule + "kernels [[3, 1, 1, 4], [1, 2, 1, 4]], 1 biases")
    expectError(
      axialConvolution(x, kernels: [Tensor.ones([3, 1, 1, 3]), second]),
      """
      axialConvolution needs a kernel [2 sizes, 1, channels * multiplier], got x [2, 5, 6, 2], \
      kernel [3, 1, 1, 3]
      """)
    #expect(axialConvolution(x, kernels: [first, second], strides: [0]).error != nil)
  }
}
