public import RanvierTensors

/// The rows of a table at integers: a learnt vector for each word, class or byte.
///
/// Integers outside of the table are clamped to it, as by `gathered(at:alongAxis:)`: data is not
/// checked here, because it may not be known yet. The derivative adds up over equal integers.
///
/// - Shapes: ids `[...]`, table `[vocabulary, features]`; result `[..., features]`.
/// - Parameters:
///   - ids: The rows that are taken, of any integer type.
///   - table: A row for each integer from 0 on.
public func embedding(_ ids: Tensor, table: Tensor) -> Tensor {
  if let error = ids.error ?? table.error { return Tensor(invalid: error) }
  guard ids.elementType.isInteger, table.rank == 2 else {
    return Tensor(
      invalid: OperationError(
        operation: "embedding", rule: "integers and a table [vocabulary, features]",
        got: "ids \(ids.type), table \(table.type)",
        hint: ids.elementType.isInteger ? "" : "convert with cast(to: .int32)"))
  }
  return table.gathered(at: ids).spelled("embedding")
}

/// Adds a learnt vector for each position of a sequence.
///
/// `x + table[0 ..< tokens]`
///
/// - Shapes: x `[..., tokens, features]`, table `[maximum length, features]`; result as x.
/// - Parameters:
///   - x: Sequences of at most as many tokens as the table has rows.
///   - table: A row for each position from 0 on.
public func positionEmbedding(_ x: Tensor, table: Tensor) -> Tensor {
  if let error = x.error ?? table.error { return Tensor(invalid: error) }
  guard x.rank >= 2, table.rank == 2, x.shape[-1] == table.shape[1], x.shape[-2] <= table.shape[0]
  else {
    return Tensor(
      invalid: OperationError(
        operation: "positionEmbedding",
        rule: "x [..., tokens, features] and a table [at least tokens, features]",
        got: "x \(x.shape), table \(table.shape)"))
  }
  // A table that is used whole needs no slice, whose derivative would be a copy.
  let rows =
    x.shape[-2] == table.shape[0] ? table : table.sliced(0 ..< x.shape[-2], alongAxis: 0)
  return (x + rows).spelled("positionEmbedding")
}
