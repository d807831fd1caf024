public import RanvierTensors

/// The grey-scale dilation of an image: the largest sum of an element and the kernel over each
/// window, channel by channel.
///
/// `y[n, t, c] = max over k of x[n, t * stride + k * dilation - padding, c] + kernel[k, c]`
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., channels]`; result `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input, of floating-point numbers.
///   - kernel: The structuring function.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input; it is never chosen.
///   - dilation: Distances between neighbouring elements of the kernel.
public func morphologicalDilation(
  _ x: Tensor, _ kernel: Tensor, strides: [Int] = [1], padding: Padding = .valid,
  dilation: [Int] = [1]
) -> Tensor {
  dilated(
    x, kernel, strides: strides, padding: padding, dilation: dilation,
    operation: "morphologicalDilation")
}

/// The grey-scale erosion of an image: the smallest difference of an element and the reversed kernel
/// over each window, channel by channel.
///
/// `y[n, t, c] = min over k of x[n, t * stride + k * dilation - padding, c] - kernel[size - 1 - k, c]`,
/// which is the negative dilation of -x by the reversed kernel.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., channels]`; result `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input, of floating-point numbers.
///   - kernel: The structuring function.
///   - strides: Distances between neighbouring windows. Here and below, one number applies to all
///     axes.
///   - padding: What lies around the input; it is never chosen.
///   - dilation: Distances between neighbouring elements of the kernel.
public func morphologicalErosion(
  _ x: Tensor, _ kernel: Tensor, strides: [Int] = [1], padding: Padding = .valid,
  dilation: [Int] = [1]
) -> Tensor {
  let reversed =
    kernel.error == nil && kernel.rank > 1
    ? kernel.reversed(alongAxes: Array(0 ..< kernel.rank - 1)) : kernel
  return -dilated(
    -x, reversed, strides: strides, padding: padding, dilation: dilation,
    operation: "morphologicalErosion")
}

private func dilated(
  _ x: Tensor, _ kernel: Tensor, strides: [Int], padding: Padding, dilation: [Int],
  operation: String
) -> Tensor {
  if let error = x.error ?? kernel.error { return Tensor(invalid: error) }
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let axes = sizes.count
    guard kernel.rank == axes + 1, kernel.shape[-1] == x.shape[-1], x.elementType.isFloatingPoint,
      kernel.elementType.isFloatingPoint
    else {
      throw OperationError(
        operation: operation,
        rule: "floating-point numbers and a kernel [\(axes) sizes, \(x.shape[-1]) channels]",
        got: "x \(x.type), kernel \(kernel.type)")
    }
    let window = Array(kernel.shape.sizes[..<axes])
    let geometry = try WindowGeometry(
      operation, input: sizes, size: window, strides: strides, padding: padding,
      dilation: dilation)
    let counts = geometry.outputSizes(of: sizes)
    guard counts.allSatisfy({ $0 >= 0 }) else {
      throw OperationError(
        operation: operation, rule: "an input (with padding) at least as large as the kernel",
        got: "x \(x.type), kernel \(kernel.type), \(geometry)")
    }
    let (input, weights) = promoted(x, kernel)
    let border = zip(geometry.paddingLow, geometry.paddingHigh).map { (before: $0, after: $1) }
    let image = input.padded([(0, 0)] + border + [(0, 0)], with: -.infinity)
    let terms = Shape(window).indices.map { tap in
      let starts = [0] + (0 ..< axes).map { tap[$0] * geometry.dilation[$0] } + [0]
      let spans = counts.indices.map { max(0, (counts[$0] - 1) * geometry.strides[$0] + 1) }
      let part: Tensor = apply(
        Slice(
          starts: starts,
          ends: [x.shape[0]] + spans.indices.map { starts[$0 + 1] + spans[$0] } + [x.shape[-1]],
          strides: [1] + geometry.strides + [1]), [image])
      return part + tap.reduce(weights) { weights, position in weights[position] }
    }
    return terms.dropFirst().reduce(terms[0]) { maximum($0, $1) }.spelled(operation)
  } catch {
    return Tensor(invalid: error)
  }
}
