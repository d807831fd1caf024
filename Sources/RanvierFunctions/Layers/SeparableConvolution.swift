public import RanvierTensors

/// A depthwise convolution, whose results a matrix then combines at each position: a convolution
/// with far fewer parameters.
///
///     dense(depthwiseConvolution(x, kernel), pointwiseKernel, bias)
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., 1, channels * multiplier]`, pointwise kernel `[channels * multiplier, outputs]`, bias
///   `[outputs]`; result `[batch, spatial..., outputs]`.
/// - Parameters:
///   - x: The input.
///   - kernel: The kernel of the depthwise convolution.
///   - pointwiseKernel: What combines its channels.
///   - bias: Added to each output channel.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of the kernel.
/// - Source: Chollet 2017, "Xception".
/// - Note: What Axon calls separable is ``axialConvolution(_:kernels:biases:strides:padding:dilation:)``.
public func separableConvolution(
  _ x: Tensor, _ kernel: Tensor, pointwiseKernel: Tensor, _ bias: Tensor? = nil,
  strides: [Int] = [1], padding: Padding = .valid, dilation: [Int] = [1]
) -> Tensor {
  let operation = "separableConvolution"
  let middle = depthwiseConvolution(
    x, kernel, nil, strides: strides, padding: padding, dilation: dilation, operation: operation)
  return dense(middle, pointwiseKernel, bias)
    .spelled(operation, middle, pointwiseKernel, bias ?? middle)
}
