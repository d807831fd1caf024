public import RanvierTensors

/// Blocks of channels laid out as blocks of positions: an image with more positions and fewer
/// channels, as after a sub-pixel convolution.
///
///     y[n, t * factor + i, c] = x[n, t, c * factor^axes + (i as one number)]
///
/// - Shapes: x `[batch, spatial..., channels * factor^axes]` with 1 to 3 spatial axes; result
///   `[batch, spatial * factor..., channels]`.
/// - Parameters:
///   - x: The input.
///   - factor: The number of positions along each axis that one becomes.
/// - Note: The order of channels is PyTorch's. TensorFlow's `depth_to_space` has the channels of a
///   position next to each other.
/// - Source: Shi et al. 2016.
public func pixelShuffle(_ x: Tensor, factor: Int) -> Tensor {
  do throws(OperationError) {
    let sizes = try x.spatialSizes("pixelShuffle")
    let axes = sizes.count
    let block = try blockSize("pixelShuffle", factor, axes: axes)
    guard x.shape[-1] % block == 0 else {
      throw OperationError(
        operation: "pixelShuffle", rule: "channels that factor^axes = \(block) divides",
        got: "\(x.type)")
    }
    let factors = [Int](repeating: factor, count: axes)
    let channels = x.shape[-1] / block
    let parts = x.reshaped(to: Shape([x.shape[0]] + sizes + [channels] + factors))
    let order = (0 ..< axes).flatMap { [1 + $0, axes + 2 + $0] }
    return parts.transposed(permutation: [0] + order + [axes + 1])
      .reshaped(to: Shape([x.shape[0]] + sizes.map { $0 * factor } + [channels]))
  } catch {
    return Tensor(invalid: error)
  }
}

/// Blocks of positions laid out as blocks of channels: the inverse of ``pixelShuffle(_:factor:)``.
///
///     y[n, t, c * factor^axes + (i as one number)] = x[n, t * factor + i, c]
///
/// - Shapes: x `[batch, spatial * factor..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial..., channels * factor^axes]`.
/// - Parameters:
///   - x: The input.
///   - factor: The number of positions along each axis that become one.
public func pixelUnshuffle(_ x: Tensor, factor: Int) -> Tensor {
  do throws(OperationError) {
    let sizes = try x.spatialSizes("pixelUnshuffle")
    let axes = sizes.count
    let block = try blockSize("pixelUnshuffle", factor, axes: axes)
    guard sizes.allSatisfy({ $0 % factor == 0 }) else {
      throw OperationError(
        operation: "pixelUnshuffle", rule: "spatial sizes that the factor \(factor) divides",
        got: "\(x.type)")
    }
    let parts = x.reshaped(
      to: Shape([x.shape[0]] + sizes.flatMap { [$0 / factor, factor] } + [x.shape[-1]]))
    let (whole, inner) = ((0 ..< axes).map { 1 + 2 * $0 }, (0 ..< axes).map { 2 + 2 * $0 })
    return parts.transposed(permutation: [0] + whole + [2 * axes + 1] + inner)
      .reshaped(to: Shape([x.shape[0]] + sizes.map { $0 / factor } + [x.shape[-1] * block]))
  } catch {
    return Tensor(invalid: error)
  }
}

/// The number of positions in a block.
private func blockSize(
  _ operation: String, _ factor: Int, axes: Int
) throws(OperationError) -> Int {
  guard (1 ... 1 << 16).contains(factor) else {
    throw OperationError(
      operation: operation, rule: "a factor of 1 to \(1 << 16)", got: "\(factor)")
  }
  return (0 ..< axes).reduce(1) { block, _ in block * factor }
}
