public import RanvierTensors

/// The largest element of each window, channel by channel.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - strides: Distances between neighbouring windows; by default they do not overlap.
///   - padding: What lies around the input; it is never chosen.
///   - dilation: Distances between neighbouring elements of a window.
public func maxPool(
  _ x: Tensor, windowSize: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilation: [Int] = [1]
) -> Tensor {
  do {
    let geometry = try WindowGeometry(
      "maxPool", input: x.spatialSizes("maxPool"), size: windowSize,
      strides: strides ?? windowSize, padding: padding, dilation: dilation)
    return applyAll(WindowMaximum(geometry), [x])[0]
  } catch {
    return Tensor(invalid: error)
  }
}
