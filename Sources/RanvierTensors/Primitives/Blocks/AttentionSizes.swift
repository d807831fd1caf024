/// The sizes of an attention's operands.
package struct AttentionSizes: Sendable, Hashable {
  package let batch: Int
  package let heads: Int
  package let queries: Int
  package let keys: Int
  /// The features of a query and a key of one head.
  package let share: Int
  /// The features of a value of one head.
  package let outputs: Int
  /// The sizes of the mask, each 1 or that of its axis.
  let mask: [Int]?
  private let isCausal: Bool

  /// - Throws: What does not fit together.
  init(_ attention: Attention, _ operands: [TensorType]) throws(OperationError) {
    let tensors = operands.prefix(attention.tensorCount)
    let failure = OperationError(
      operation: attention.spelling,
      rule: attention.isPacked
        ? "floating-point numbers [batch, tokens, 3 * heads, share]"
        : """
        floating-point numbers of one type: query [batch, queries, heads, share], key [batch, keys, \
        heads, share] and value [batch, keys, heads, outputs]
        """,
      got: tensors.map(\.description).joined(separator: ", "))
    let type = operands[0].elementType
    guard tensors.allSatisfy({ $0.shape.rank == 4 && $0.elementType == type }),
      type.isFloatingPoint
    else { throw failure }
    let query = operands[0].shape
    let key = operands[attention.isPacked ? 0 : 1].shape
    let value = operands[attention.isPacked ? 0 : 2].shape
    let parts = attention.isPacked ? 3 : 1
    guard query[2] % parts == 0, query[0] == key[0], query[2] == key[2], query[3] == key[3],
      key.sizes.dropLast() == value.sizes.dropLast()
    else { throw failure }
    batch = query[0]
    heads = query[2] / parts
    queries = query[1]
    keys = key[1]
    share = query[3]
    outputs = value[3]
    isCausal = attention.isCausal
    guard attention.hasMask else {
      mask = nil
      return
    }
    let maskType = operands[attention.tensorCount]
    let axes = [batch, heads, queries, keys]
    guard maskType.elementType == .bool, maskType.shape.rank == 4,
      zip(maskType.shape.sizes, axes).allSatisfy({ $0 == 1 || $0 == $1 })
    else {
      throw OperationError(
        operation: attention.spelling,
        rule: "a mask of truth values each of whose axes is 1 or that of \(Shape(axes))",
        got: "\(maskType)")
    }
    mask = maskType.shape.sizes
  }

  var outputShape: Shape { [batch, queries, heads, outputs] }
  var sumsShape: Shape { [batch, queries, heads] }

  /// The elements of the mask from one index of an axis to the next; 0 where all share one.
  var maskStrides: [Int] {
    guard let mask else { return [0, 0, 0, 0] }
    return (0 ..< 4).map { axis in
      mask[axis] > 1 ? mask[(axis + 1)...].reduce(1, *) : 0
    }
  }

  /// The products of a query and a key that all heads have, without what causality hides.
  package var pairs: Double {
    let perHead =
      isCausal
      ? (0 ..< queries).reduce(0) { $0 + Double(Swift.min($1 + 1, keys)) }
      : Double(queries) * Double(keys)
    return Double(batch * heads) * perHead
  }
}

extension Attention {
  /// The sizes of operands, others behind them aside; `nil` if they do not fit together.
  package func sizes(_ operands: [TensorType]) -> AttentionSizes? {
    try? AttentionSizes(self, operands)
  }
}
