public import RanvierTensors

/// The mean of the elements of each window, channel by channel.
///
/// Integers are averaged in `f32`.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - strides: Distances between neighbouring windows; by default they do not overlap.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of a window.
///   - countsPadding: Whether padding counts as zeros; by default means are of the input's elements
///     alone.
/// - Note: PyTorch counts padding unless told otherwise; Keras and TensorFlow do not.
public func averagePool(
  _ x: Tensor, windowSize: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilation: [Int] = [1], countsPadding: Bool = false
) -> Tensor {
  do {
    let sizes = try x.spatialSizes("averagePool")
    let geometry = try WindowGeometry(
      "averagePool", input: sizes, size: windowSize, strides: strides ?? windowSize,
      padding: padding, dilation: dilation)
    let numbers = x.elementType.isFloatingPoint ? x : x.cast(to: .float32)
    let sums: Tensor = apply(WindowSum(geometry), [numbers])
    let isPadded = (geometry.paddingLow + geometry.paddingHigh).contains { $0 > 0 }
    if countsPadding || !isPadded || sums.error != nil {
      return sums / geometry.size.reduce(1.0) { $0 * Double($1) }
    }
    let ones = Tensor.ones(Shape([1] + sizes + [1]), elementType: numbers.elementType)
    let counts: Tensor = apply(WindowSum(geometry), [ones])
    // Windows of padding alone have mean 0.
    return sums / maximum(counts, 1)
  } catch {
    return Tensor(invalid: error)
  }
}
