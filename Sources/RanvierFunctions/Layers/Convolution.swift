public import RanvierTensors

/// Slides a kernel over the spatial axes of an input and adds a vector: a cross-correlation, as
/// everywhere in deep learning.
///
///     y[n, t, o] = bias[o]
///       + sum over k, c of x[n, t * stride + k * dilation - padding, c] * kernel[k, c, o]
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., channels / groups, outputs]`, bias `[outputs]`; result
///   `[batch, spatial..., outputs]`.
/// - Parameters:
///   - x: The input.
///   - kernel: The kernel.
///   - bias: Added to each output channel.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of the kernel.
///   - inputDilation: Distances between neighbouring elements of the input, with zeros between.
///   - groups: The number of parts into which channels and outputs are divided, each convolved by
///     itself; as many as channels for a depthwise convolution.
public func convolution(
  _ x: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil, strides: [Int] = [1],
  padding: Padding = .valid, dilation: [Int] = [1], inputDilation: [Int] = [1], groups: Int = 1
) -> Tensor {
  if let error = x.error ?? kernel.error ?? bias?.error { return Tensor(invalid: error) }
  do throws(OperationError) {
    let axes = try x.spatialSizes("convolution").count
    guard kernel.rank == axes + 2 else {
      throw OperationError(
        operation: "convolution", rule: "a kernel [\(axes) sizes, channels / groups, outputs]",
        got: "x \(x.shape), kernel \(kernel.shape)")
    }
    let (input, kernel) = promoted(try spaced(x, by: inputDilation), kernel)
    let geometry = try WindowGeometry(
      "convolution", input: input.spatialSizes("convolution"),
      size: Array(kernel.shape.sizes[..<axes]), strides: strides, padding: padding,
      dilation: dilation)
    let product: Tensor = apply(
      RanvierTensors.Convolution(geometry.convolution(groups: groups)), [input, kernel])
    return addingBias(product, bias, operation: "convolution")
  } catch {
    return Tensor(invalid: error)
  }
}

/// The input with zeros between neighbours along the spatial axes.
private func spaced(_ x: Tensor, by dilation: [Int]) throws(OperationError) -> Tensor {
  if dilation == [1] { return x }
  let sizes = try x.spatialSizes("convolution")
  let gaps = try WindowGeometry(
    "convolution", input: sizes, size: [1], strides: [1], padding: .valid, dilation: dilation
  ).dilation.map { $0 - 1 }
  let none = [Int](repeating: 0, count: x.rank)
  let zero = Tensor(0, elementType: x.elementType)
  return apply(Pad(low: none, high: none, interior: [0] + gaps + [0]), [x, zero])
}
