public import RanvierTensors

/// Sets random blocks of neighbouring positions to 0, in each channel of each example by itself, and
/// scales the others so that sums keep their size.
///
/// `x * keep * count(keep) / sum(keep)`. Blocks begin where they fit, each position with the
/// probability `rate / blockSize^axes * positions / beginnings`, so that about the share `rate` is
/// dropped; blocks may overlap. Meant for training only.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result as x.
/// - Parameters:
///   - x: The input.
///   - rate: About the share of elements that is dropped, in `0 ..< 1`.
///   - blockSize: The size of a block along each spatial axis, which fits into all of them. Blocks
///     of 1 make a dropout of elements.
///   - key: Chooses the blocks; use another key at each step.
/// - Source: Ghiasi, Lin & Le 2018, arXiv:1810.12890.
public func blockDropout(
  _ x: Tensor, rate: Double, blockSize: Int = 7, key: RandomKey
) -> Tensor {
  let operation = "blockDropout"
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    guard (0 ..< 1).contains(rate), blockSize > 0, sizes.allSatisfy({ blockSize <= $0 }) else {
      throw OperationError(
        operation: operation,
        rule: "a rate in 0 ..< 1 and a positive block size within the spatial sizes",
        got: "\(rate) and \(blockSize) for shape \(x.shape)")
    }
    if rate == 0 { return x }
    let beginnings = sizes.map { $0 - blockSize + 1 }
    let share = zip(sizes, beginnings).reduce(rate) {
      $0 * Double($1.0) / Double($1.1) / Double(blockSize)
    }
    let begins = key.bernoulli(
      Shape([x.shape[0]] + beginnings + [x.shape[-1]]), probability: share)
    // A position is dropped if one of the `blockSize` beginnings up to it is one.
    let isDropped = maxPool(
      begins.cast(to: .float32), windowSize: [blockSize], strides: [1],
      padding: .explicit(blockSize - 1))
    let isKept = equal(isDropped, 0)
    let type = x.elementType == .float64 ? ElementType.float64 : .float32
    let factor = Double(x.count) / maximum(isKept.cast(to: type).sum(), 1)
    let scaled = x * factor
    return select(isKept, scaled.cast(to: x.elementType), 0).spelled(operation, x, key.words)
  } catch {
    return Tensor(invalid: error)
  }
}
