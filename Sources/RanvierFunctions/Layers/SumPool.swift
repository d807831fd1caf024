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
    let sums: Tensor = apply(WindowSum(geometry), [x])
    // The primitive goes by the name of its other user.
    guard var error = sums.error, x.error == nil else { return sums }
    error.operation = "sumPool"
    return Tensor(invalid: error)
  } catch {
    return Tensor(invalid: error)
  }
}
