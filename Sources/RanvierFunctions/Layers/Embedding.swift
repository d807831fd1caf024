public import RanvierTensors

/// The rows of a table at integers: a learnt vector for each word, class or byte.
///
/// The derivative adds up over equal integers. Integers outside of the table are refused where they
/// are known. Where they are not, because the function is being compiled, they are clamped to it,
/// as by `gathered(at:alongAxis:)`.
///
/// - Shapes: ids `[...]`, table `[vocabulary, features]`; result `[..., features]`.
/// - Parameters:
///   - ids: The rows that are taken, of any integer type.
///   - table: A row for each integer from 0 on.
///   - paddingIndex: An integer that stands for nothing: it gives zeros, whatever its row is, and
///     the row's derivative is zero. Negative ones count from the end of the table.
///   - scalingByFrequency: Whether the derivative of each row is divided by how often the row is
///     taken: a mean over its uses.
public func embedding(
  _ ids: Tensor, table: Tensor, paddingIndex: Int? = nil, scalingByFrequency: Bool = false
) -> Tensor {
  if let error = ids.error ?? table.error { return Tensor(invalid: error) }
  guard ids.elementType.isInteger, table.rank == 2 else {
    return Tensor(
      invalid: OperationError(
        operation: "embedding", rule: "integers and a table [vocabulary, features]",
        got: "ids \(ids.type), table \(table.type)",
        hint: ids.elementType.isInteger ? "" : "convert with cast(to: .int32)"))
  }
  let vocabulary = table.shape[0]
  if let outside = integer(in: ids, outside: vocabulary) {
    return Tensor(
      invalid: OperationError(
        operation: "embedding", rule: "integers in 0 ..< \(vocabulary)",
        got: "\(outside) in ids \(ids.type)"))
  }
  var rows = table.gathered(at: ids).spelled("embedding")
  if scalingByFrequency, rows.error == nil {
    let counts = Tensor.zeros([vocabulary], elementType: table.elementType)
      .scatterAdding(Tensor.ones([ids.count], elementType: table.elementType), at: ids.flattened())
    let share = (1 / counts.gathered(at: ids)).expandedDimension(at: -1)
    // The difference is 0; only its derivative counts.
    rows = stopGradient(rows) + (rows - stopGradient(rows)) * share
  }
  guard let paddingIndex, rows.error == nil else { return rows }
  let position = paddingIndex < 0 ? paddingIndex + vocabulary : paddingIndex
  guard (0 ..< vocabulary).contains(position) else {
    return Tensor(
      invalid: OperationError(
        operation: "embedding", rule: "a padding index in \(-vocabulary) ..< \(vocabulary)",
        got: "\(paddingIndex)"))
  }
  return select(equal(ids, position).expandedDimension(at: -1), 0, rows)
}

/// The first integer that is no row of a table, if the integers are known.
private func integer(in ids: Tensor, outside count: Int) -> Int? {
  guard ids.isConcrete, ids.count > 0, count > 0 else { return nil }
  let known = ids.withoutTrace
  let ends = [known.min(), known.max()].map { $0.scalar(as: Int.self) }
  return ends.first { !(0 ..< count).contains($0) }
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
