package import RanvierTensors

/// Tokens in the order of the experts that they have chosen, in blocks of rows for one expert each.
///
/// How many tokens choose an expert is not known before it happens, but how many blocks there are at
/// most is: shapes do not depend on the choices. An expert's last block may have rows that nobody
/// reads, and so may blocks at the end.
package struct ExpertBlocks {
  /// The number of rows of a block.
  package let size: Int
  /// The expert of each block: `[blocks]`.
  package let experts: Tensor
  /// The token of each row: `[blocks * size]`.
  package let tokens: Tensor
  /// The row of each choice: `[tokens, chosen]`.
  package let rows: Tensor

  /// The number of rows of a block, and of blocks, for so many choices.
  ///
  /// Few long blocks have many rows that nobody reads; for many short ones, kernels are copied often.
  /// Blocks of about half the choices that fall on an expert keep both at half of what is needed.
  package static func sizes(choices: Int, experts: Int) -> (size: Int, count: Int) {
    var size = 16
    while 2 * size * experts < choices { size *= 2 }
    return (size, (choices + experts * (size - 1)) / size)
  }

  /// Whether blocks save at least half of the rows that all experts have for all tokens.
  package static func areWorthwhile(tokens: Int, chosen: Int, experts: Int) -> Bool {
    let (size, count) = sizes(choices: tokens * chosen, experts: experts)
    return 2 * size * count <= tokens * experts
  }

  /// - Parameters:
  ///   - choices: The experts of each token: integers `[tokens, chosen]`.
  ///   - count: The number of experts.
  package init(_ choices: Tensor, experts count: Int) {
    let chosen = choices.flattened().cast(to: .int64)
    let blocks: Int
    (size, blocks) = ExpertBlocks.sizes(choices: chosen.count, experts: count)
    // How often each expert has been chosen, up to each choice.
    let counts = oneHot(chosen, count: count, elementType: .int64).cumulativeSum(alongAxis: 0)
    let needed = (counts[-1] + (size - 1)) / size
    let ends = needed.cumulativeSum()
    let rank = counts.gatheredElements(at: chosen.expandedDimension(at: -1)).squeezed(axes: [-1])
    let places = (ends - needed).gathered(at: chosen) * size + rank - 1
    rows = places.reshaped(to: choices.shape)
    tokens = Tensor.zeros([blocks * size], elementType: .int64).scatterAdding(
      Tensor.range(chosen.count, elementType: .int64) / choices.shape[1], at: places)
    // Blocks behind the last that is needed belong to the last expert.
    let before = lessOrEqual(
      ends, Tensor.range(blocks, elementType: .int64).expandedDimension(at: -1))
    experts = minimum(before.cast(to: .int64).sum(alongAxes: [1]), count - 1)
  }
}
