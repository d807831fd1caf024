import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct DepthwiseConvolutionTests {
  @Test func `gives each channel kernels of its own`() {
    let x = Tensor([1.0, 10, 2, 20, 3, 30], shape: [1, 3, 2])
    // Channel 0 is added up and taken as it is, channel 1 doubled and negated.
    let kernel = Tensor([1.0, 0, 2, 0, 1, 1, 0, -1], shape: [2, 1, 4])
    #expect(
      depthwiseConvolution(x, kernel, Tensor([0.0, 0, 0, 1]))
        == Tensor([3.0, 2, 20, -19, 5, 3, 40, -29], shape: [1, 2, 4]))
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 4, 4, 3])
    func rule(_ kernel: Shape) -> String {
      """
      depthwiseConvolution needs a kernel [2 sizes, 1, channels * multiplier], got x [1, 4, 4, 3], \
      kernel \(kernel)
      """
    }
    for shape: Shape in [[2, 2, 1, 4], [2, 2, 3, 3], [2, 1, 3]] {
      expectError(depthwiseConvolution(x, Tensor.ones(shape)), rule(shape))
    }
    expectError(
      depthwiseConvolution(x, Tensor.ones([2, 2, 1, 3]), Tensor.ones([2])),
      "depthwiseConvolution needs a bias of shape [3], got [2]")
    expectError(
      depthwiseConvolution(x, Tensor.ones([2, 2, 1, 3]), strides: [0]),
      """
      depthwiseConvolution needs strides of at least 1, one for each of the 2 spatial axes or one \
      for all, got [0] for spatial sizes [4, 4]
      """)
    #expect(depthwiseConvolution(Tensor.ones([3]), x).error?.operation == "depthwiseConvolution")
  }
}
