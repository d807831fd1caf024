public import RanvierTensors

/// A chain of depthwise convolutions, each along one spatial axis: a depthwise convolution whose
/// kernel is a product of vectors.
///
/// The first may multiply the channels. Strides, padding and dilation of an axis belong to the
/// convolution along that axis.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; one kernel for each of them,
///   `[1..., size, 1..., 1, channels * multiplier]`, where only that axis may have a size other than
///   1; biases `[channels * multiplier]`; result `[batch, spatial..., channels * multiplier]`.
/// - Parameters:
///   - x: The input.
///   - kernels: A kernel for each spatial axis, in their order.
///   - biases: What each convolution adds to its channels.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of the kernels.
/// - Note: Axon calls this `separable_conv2d` and `separable_conv3d`, and gives the strides of all
///   axes to each convolution. For separable convolutions as everywhere else see
///   ``separableConvolution(_:_:pointwiseKernel:_:strides:padding:dilation:)``.
public func axialConvolution(
  _ x: Tensor, kernels: [Tensor], biases: [Tensor]? = nil, strides: [Int] = [1],
  padding: Padding = .valid, dilation: [Int] = [1]
) -> Tensor {
  let operation = "axialConvolution"
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let axes = sizes.count
    for kernel in kernels + (biases ?? []) {
      if let error = kernel.error { throw error }
    }
    let isAlongAxis = kernels.indices.map { axis in
      let sizes = kernels[axis].shape.sizes.prefix(axes).enumerated()
      return sizes.allSatisfy { $0.offset == axis || $0.element == 1 }
    }
    guard kernels.count == axes, isAlongAxis.allSatisfy({ $0 }), biases?.count ?? axes == axes
    else {
      throw OperationError(
        operation: operation,
        rule: """
          a kernel for each of the \(axes) spatial axes, of size 1 along the others, and as many \
          biases or none
          """,
        got: "kernels \(kernels.map(\.shape)), \(biases?.count ?? 0) biases")
    }
    // Checks the options, and repeats those of one number.
    let geometry = try WindowGeometry(
      operation, input: sizes, size: [1], strides: strides, padding: padding, dilation: dilation)
    var y = x
    for axis in 0 ..< axes {
      func alone(_ values: [Int], _ other: Int) -> [Int] {
        values.indices.map { $0 == axis ? values[$0] : other }
      }
      var border = padding
      if case .explicit = padding {
        border = .explicit(
          low: alone(geometry.paddingLow, 0), high: alone(geometry.paddingHigh, 0))
      }
      y = depthwiseConvolution(
        y, kernels[axis], biases?[axis], strides: alone(geometry.strides, 1), padding: border,
        dilation: alone(geometry.dilation, 1), operation: operation)
    }
    return y
  } catch {
    return Tensor(invalid: error)
  }
}
