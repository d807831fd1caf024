public import RanvierTensors

/// Convolves each channel by itself with kernels of its own, and adds a vector.
///
///     y[n, t, c * multiplier + m] = bias[c * multiplier + m]
///       + sum over k of x[n, t * stride + k * dilation - padding, c]
///         * kernel[k, 0, c * multiplier + m]
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., 1, channels * multiplier]`, bias `[channels * multiplier]`; result
///   `[batch, spatial..., channels * multiplier]`.
/// - Parameters:
///   - x: The input.
///   - kernel: The kernel; the ratio of its last axis to the channels is the multiplier.
///   - bias: Added to each output channel.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of the kernel.
public func depthwiseConvolution(
  _ x: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil, strides: [Int] = [1],
  padding: Padding = .valid, dilation: [Int] = [1]
) -> Tensor {
  depthwiseConvolution(
    x, kernel, bias, strides: strides, padding: padding, dilation: dilation,
    operation: "depthwiseConvolution")
}

/// The depthwise convolution as a part of an operation, which errors name.
func depthwiseConvolution(
  _ x: Tensor, _ kernel: Tensor, _ bias: Tensor?, strides: [Int], padding: Padding,
  dilation: [Int], operation: String
) -> Tensor {
  if let error = x.error ?? kernel.error ?? bias?.error { return Tensor(invalid: error) }
  do throws(OperationError) {
    let axes = try x.spatialSizes(operation).count
    let channels = x.shape[-1]
    guard kernel.rank == axes + 2, kernel.shape[-2] == 1, channels > 0,
      kernel.shape[-1] % channels == 0
    else {
      throw OperationError(
        operation: operation, rule: "a kernel [\(axes) sizes, 1, channels * multiplier]",
        got: "x \(x.shape), kernel \(kernel.shape)")
    }
    return convolution(
      x, kernel, bias, strides: strides, padding: padding, dilation: dilation, groups: channels
    ).spelled(operation)
  } catch {
    return Tensor(invalid: error)
  }
}
