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
  let run = commonRun(of: order)
  if run == order.count { return x }
  // Channels that stay together are moved together.
  let runs = x.reshaped(to: Shape(x.shape.sizes.dropLast() + [order.count / run, run]))
  let positions = stride(from: 0, to: order.count, by: run).map { Int64(order[$0] / run) }
  return runs.gathered(at: Tensor(positions), alongAxis: -2).reshaped(to: x.shape)
    .spelled("permuteChannels", x)
}

/// The largest number such that runs of so many channels, each from a multiple of it on, stay
/// together in an order.
private func commonRun(of order: [Int]) -> Int {
  var common = order.count
  for position in order.indices where position == 0 || order[position] != order[position - 1] + 1 {
    for start in [position, order[position]] {
      var rest = start
      while rest > 0 { (common, rest) = (rest, common % rest) }
    }
  }
  return common
}
