public import RanvierTensors

/// Puts channels, the last axis, into another order: `[2, 1, 0, 3]` makes RGBA of BGRA.
///
/// `y[..., c] = x[..., order[c]]`
///
/// - Shapes: x `[..., channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - order: For each channel of the result, the one that it comes from: each once.
public func permuteChannels(_ x: Tensor, order: [Int]) -> Tensor {
  if x.error != nil { return x }
  guard x.rank > 0, order.sorted() == Array(0 ..< x.shape[-1]) else {
    return Tensor(
      invalid: OperationError(
        operation: "permuteChannels", rule: "an order of all channels, each once",
        got: "\(order) for x \(x.shape)"))
  }
  // Runs of channels that stay together are copied together.
  var runs: [Range<Int>] = []
  for channel in order {
    if let last = runs.last, last.upperBound == channel {
      runs[runs.count - 1] = last.lowerBound ..< channel + 1
    } else {
      runs.append(channel ..< channel + 1)
    }
  }
  if runs.count < 2 { return x }
  return Tensor(
    concatenating: runs.map { x.sliced($0, alongAxis: x.rank - 1) }, alongAxis: x.rank - 1)
}
