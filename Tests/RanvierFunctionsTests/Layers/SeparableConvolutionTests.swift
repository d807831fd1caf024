import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SeparableConvolutionTests {
  let x = RandomKey(seed: 1).normal([2, 5, 6, 3], elementType: .float64)
  let kernel = RandomKey(seed: 2).normal([3, 2, 1, 6], elementType: .float64)
  let pointwise = RandomKey(seed: 3).normal([6, 4], elementType: .float64)

  @Test func `has a pointwise step, and equals one convolution`() {
    // kernel[k, c * 2 + m] * pointwise[c * 2 + m, o] added up over m.
    let products =
      kernel.reshaped(to: [3, 2, 3, 2, 1]) * pointwise.reshaped(to: [1, 1, 3, 2, 4])
    expectClose(
      separableConvolution(x, kernel, pointwiseKernel: pointwise, strides: [2, 1], padding: .same),
      convolution(x, products.sum(alongAxes: [3]), strides: [2, 1], padding: .same),
      relative: 1e-12, absolute: 1e-12)
  }

  @Test func `says what does not fit`() {
    expectError(
      separableConvolution(x, Tensor.ones([3, 2, 1, 4]), pointwiseKernel: pointwise),
      """
      separableConvolution needs a kernel [2 sizes, 1, channels * multiplier], got x [2, 5, 6, 3], \
      kernel [3, 2, 1, 4]
      """)
    expectError(
      separableConvolution(x, kernel, pointwiseKernel: Tensor.ones([3, 4])),
      """
      separableConvolution needs x [..., inputs] and a kernel [inputs, outputs], got \
      x [2, 3, 5, 6], kernel [3, 4]; was `flatten` forgotten?
      """)
    expectError(
      separableConvolution(x, kernel, pointwiseKernel: pointwise, Tensor.ones([6])),
      "separableConvolution needs a bias of shape [4], got [6]")
  }
}
