public import RanvierTensors

/// The sum of the elements of each window, channel by channel.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - strides: Distances between neighbouring windows; by default they do not overlap.
///   - padding: What lies around the input; it counts as zeros.
///   - dilation: Distances between neighbouring elements of a window.
public func sumPool(
  _ x: Tensor, windowSize: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  dilation: [Int] = [1]
) -> Tensor {
  do {
    let geometry = try WindowGeometry(
      "sumPool", input: x.spatialSizes("sumPool"), size: windowSize,
      strides: strides ?? windowSize, padding: padding, dilation: dilation)
    // The primitive goes by the name of its other user.
    return apply(WindowSum(geometry), [x]).spelled("sumPool")
  } catch {
    return Tensor(invalid: error)
  }
}
