internal import Foundation

/// Scores and weights of an attention in the plainest way.
struct ReferenceAttention {
  private let attention: Attention
  private let operands: [ReferenceArray]
  private let heads: Int
  let keys: Int

  init(_ attention: Attention, _ operands: [ReferenceArray]) {
    self.attention = attention
    self.operands = operands
    heads = operands[0].shape[2] / (attention.isPacked ? 3 : 1)
    keys = operands[attention.isPacked ? 0 : 1].shape[1]
  }

  func query(_ example: Int, _ query: Int, _ head: Int, _ feature: Int) -> Double {
    operands[0][[example, query, head, feature]]
  }

  func key(_ example: Int, _ key: Int, _ head: Int, _ feature: Int) -> Double {
    attention.isPacked
      ? operands[0][[example, key, heads + head, feature]]
      : operands[1][[example, key, head, feature]]
  }

  func value(_ example: Int, _ key: Int, _ head: Int, _ feature: Int) -> Double {
    attention.isPacked
      ? operands[0][[example, key, 2 * heads + head, feature]]
      : operands[2][[example, key, head, feature]]
  }

  /// A query's scaled products with the keys, minus infinity for keys it does not see.
  private func scores(_ example: Int, _ query: Int, _ head: Int) -> [Double] {
    (0 ..< keys).map { key in
      if attention.isCausal && key > query { return -.infinity }
      if attention.hasMask {
        let mask = operands[attention.tensorCount]
        let index = zip([example, head, query, key], mask.shape.sizes).map { Swift.min($0, $1 - 1) }
        if mask[index] == 0 { return -.infinity }
      }
      return attention.scale
        * (0 ..< operands[0].shape[3]).reduce(0) { sum, feature in
          sum + self.query(example, query, head, feature) * self.key(example, key, head, feature)
        }
    }
  }

  /// The logarithm of a query's sum of exponentials; 0 if it sees no key.
  func logSum(_ example: Int, _ query: Int, _ head: Int) -> Double {
    let scores = scores(example, query, head)
    guard let largest = scores.max(), largest > -.infinity else { return 0 }
    return largest + Foundation.log(scores.reduce(0) { $0 + Foundation.exp($1 - largest) })
  }

  /// A query's weights of the keys, from the logarithm of their sum.
  func weights(_ example: Int, _ query: Int, _ head: Int, logSum: Double) -> [Double] {
    scores(example, query, head).map { Foundation.exp($0 - logSum) }
  }
}
