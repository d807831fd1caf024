public import RanvierTensors

/// Spreads each element of an input over a window of the output, weighted by a kernel, and adds a
/// vector: the transpose of ``convolution(_:_:_:strides:padding:dilation:inputDilation:groups:)``,
/// also known as fractionally strided convolution.
///
///     y[n, t, o] = bias[o] + sum over s, k, c with t = s * stride + k * dilation - padding
///       of x[n, s, c] * kernel[k, o, c]
///
/// It is the derivative of the convolution with the same options with respect to its input, so that
/// it undoes that convolution's change of shape.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., outputs / groups, channels]`, bias `[outputs]`; result `[batch, spatial..., outputs]`
///   where an axis of n positions gets `(n - 1) * stride + (size - 1) * dilation + 1 + extra`, less
///   the padding; `n * stride` with padding `.same`.
/// - Parameters:
///   - x: The input.
///   - kernel: The kernel; its last two axes are exchanged compared to a convolution's.
///   - bias: Added to each output channel.
///   - strides: Distances between the windows of neighbouring elements. Here and below, one number
///     applies to all axes.
///   - padding: What is cut off around the output.
///   - outputPadding: Extra positions at the end of each output axis, fewer than the stride: a
///     convolution with strides gives one shape for several inputs, of which this chooses one.
///   - dilation: Distances between neighbouring elements of the kernel.
///   - groups: The number of parts into which channels and outputs are divided.
///   - reversesKernel: Whether the kernel's spatial axes are reversed, as JAX and Axon have it: they
///     slide the kernel over the spaced input. Keras and PyTorch spread it, as the formula says.
public func transposedConvolution(
  _ x: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil, strides: [Int] = [1],
  padding: Padding = .valid, outputPadding: [Int] = [0], dilation: [Int] = [1], groups: Int = 1,
  reversesKernel: Bool = false
) -> Tensor {
  let operation = "transposedConvolution"
  if let error = x.error ?? kernel.error ?? bias?.error { return Tensor(invalid: error) }
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let axes = sizes.count
    guard kernel.rank == axes + 2, groups > 0, kernel.shape[-1] == x.shape[-1],
      kernel.shape[-1] % groups == 0, !sizes.contains(0)
    else {
      throw OperationError(
        operation: operation,
        rule: """
          spatial axes that are not empty, and a kernel [\(axes) sizes, outputs / groups, channels] \
          whose channels groups divide
          """,
        got: "x \(x.shape), kernel \(kernel.shape), groups \(groups)")
    }
    let (input, given) = promoted(x, kernel)
    let kernel = reversesKernel ? given.reversed(alongAxes: Array(0 ..< axes)) : given
    // What lies around the result of `.same` depends on the result's size.
    let window = Array(kernel.shape.sizes[..<axes])
    var geometry = try WindowGeometry(
      operation, input: sizes, size: window, strides: strides, padding: .valid, dilation: dilation)
    let enlarged = zip(sizes, geometry.strides).map { $0.multipliedReportingOverflow(by: $1) }
    let same = enlarged.map { $0.overflow ? -1 : $0.partialValue }
    geometry = try WindowGeometry(
      operation, input: same, size: window, strides: strides, padding: padding, dilation: dilation)
    let extra =
      outputPadding.count == 1
      ? [Int](repeating: outputPadding[0], count: axes) : outputPadding
    guard extra.count == axes, zip(extra, geometry.strides).allSatisfy({ 0 <= $0 && $0 < $1 }),
      padding != .same || extra.allSatisfy({ $0 == 0 })
    else {
      throw OperationError(
        operation: operation,
        rule: "output padding below the stride for each axis, none with padding .same",
        got: "\(outputPadding) with strides \(geometry.strides)")
    }
    let convolution = geometry.convolution(groups: groups)
    let outputs = (0 ..< axes).map { axis in
      if padding == .same { return same[axis] }
      // Wide enough for any options.
      let reach = (Int128(window[axis]) - 1) * Int128(geometry.dilation[axis]) + 1
      let whole = (Int128(sizes[axis]) - 1) * Int128(geometry.strides[axis]) + reach
      let padding = geometry.paddingLow[axis] + geometry.paddingHigh[axis] - extra[axis]
      return Int(exactly: whole - Int128(padding)) ?? -1
    }
    let (channels, isTooMany) = kernel.shape[-2].multipliedReportingOverflow(by: groups)
    guard outputs.allSatisfy({ $0 >= 0 }), !isTooMany else {
      throw OperationError(
        operation: operation,
        rule: "padding that leaves some of the output, and an output that is possible",
        got: "x \(x.shape), kernel \(kernel.shape), \(convolution)")
    }
    let shape = Shape([x.shape[0]] + outputs + [channels])
    let product: Tensor = apply(
      ConvolutionInputGradient(convolution, inputShape: shape), [input, kernel])
    return addingBias(product, bias, operation: operation)
  } catch {
    return Tensor(invalid: error)
  }
}
