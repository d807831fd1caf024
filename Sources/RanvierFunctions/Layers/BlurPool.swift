public import RanvierTensors

/// Weighs the elements of each window by binomial numbers, channel by channel: a low-pass filter
/// that makes strides harmless.
///
/// With 3 taps, the weights along an axis are `1 2 1` / 4; over several axes they are products.
/// `filterSize - 1` positions are padded along each axis, the smaller half first, so that an axis of
/// n positions gets `ceil(n / stride)`.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels]`.
/// - Parameters:
///   - x: The input, of floating-point numbers.
///   - filterSize: The number of taps along each axis.
///   - strides: Distances between neighbouring windows; one number applies to all axes.
///   - mode: What lies around the input.
/// - Source: Zhang 2019, "Making convolutional networks shift-invariant again".
/// - Note: Axon's is `blurPool(x, strides: [1], mode: .constant(0))`.
public func blurPool(
  _ x: Tensor, filterSize: Int = 3, strides: [Int] = [2], mode: PaddingMode = .reflect
) -> Tensor {
  let operation = "blurPool"
  do throws(OperationError) {
    let axes = try x.spatialSizes(operation).count
    guard (1 ... 64).contains(filterSize), x.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "floating-point numbers and a filter of 1 to 64 taps",
        got: "\(x.type), \(filterSize) taps")
    }
    let taps = (0 ..< filterSize - 1).reduce([1.0]) { row, _ in
      zip([0] + row, row + [0]).map { ($0 + $1) / 2 }
    }
    let sizes = [Int](repeating: filterSize, count: axes)
    let weights = Shape(sizes).indices.map { $0.reduce(1.0) { $0 * taps[$1] } }
    let filter = Tensor(weights, shape: Shape(sizes + [1, 1])).cast(to: x.elementType)
      .broadcast(to: Shape(sizes + [1, x.shape[-1]]))
    let border = (before: (filterSize - 1) / 2, after: filterSize / 2)
    var (image, padding) = (x, Padding.valid)
    if mode == .constant(0) {
      padding = .explicit(low: [border.before], high: [border.after])
    } else {
      let borders = [(0, 0)] + sizes.map { _ in border } + [(0, 0)]
      image = x.padded(borders, mode: mode).spelled(operation, x)
    }
    return depthwiseConvolution(
      image, filter, nil, strides: strides, padding: padding, dilation: [1], operation: operation)
  } catch {
    return Tensor(invalid: error)
  }
}
