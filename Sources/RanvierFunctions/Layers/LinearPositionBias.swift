internal import Foundation
public import RanvierTensors

/// How fast attention to distant keys fades in each head, for
/// ``linearPositionBias(heads:queries:keys:offset:elementType:)``.
///
/// `2 ^ (-8 * head / heads)` for heads 1 to `heads`, if their number is a power of 2; else the
/// numbers of the next lower power of 2, and then every other one of twice that power.
///
/// - Shapes: result `[heads]`.
/// - Source: Press, Smith & Lewis 2021, arXiv:2108.12409.
public func linearBiasSlopes(heads: Int, elementType: ElementType = .float32) -> Tensor {
  guard heads > 0, elementType.isFloatingPoint else {
    return Tensor(
      invalid: OperationError(
        operation: "linearBiasSlopes", rule: "at least one head and a floating-point type",
        got: "\(heads) heads, \(elementType)"))
  }
  func slopes(_ power: Int) -> [Double] {
    (1 ... power).map { Foundation.pow(2, -8 * Double($0) / Double(power)) }
  }
  let power = 1 << (Int.bitWidth - 1 - heads.leadingZeroBitCount)
  let between = slopes(2 * power).enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
  return Tensor(Array((slopes(power) + between).prefix(heads))).cast(to: elementType)
}

/// What is added to products of queries and keys so that attention fades with distance: attention
/// with linear biases (ALiBi).
///
/// `-slope[head] * abs(offset + query - key)`, to be given to attention as its mask. For causal
/// attention the distance is `offset + query - key`.
///
/// - Shapes: result `[heads, queries, keys]`.
/// - Parameters:
///   - heads: The number of heads, which have ``linearBiasSlopes(heads:elementType:)``.
///   - queries: The number of queries.
///   - keys: The number of keys.
///   - offset: The position of the first query, an integer or a scalar tensor of integers, such as
///     the length of a cache; the first key's is 0.
///   - elementType: The type of the result.
/// - Source: Press, Smith & Lewis 2021, arXiv:2108.12409.
public func linearPositionBias(
  heads: Int, queries: Int, keys: Int, offset: any TensorOperand = 0,
  elementType: ElementType = .float32
) -> Tensor {
  let operation = "linearPositionBias"
  let slopes = linearBiasSlopes(heads: heads, elementType: elementType).spelled(operation)
  do throws(OperationError) {
    if let error = slopes.error { throw error }
    guard queries >= 0, keys >= 0 else {
      throw OperationError(
        operation: operation, rule: "numbers of queries and keys",
        got: "\(queries) queries, \(keys) keys")
    }
    let positions =
      try firstPosition(offset, operation) + Tensor.range(queries, elementType: .int64)
    let distances = abs(
      positions.reshaped(to: [queries, 1]) - Tensor.range(keys, elementType: .int64))
    return -slopes.reshaped(to: [heads, 1, 1]) * distances.cast(to: elementType)
  } catch {
    return Tensor(invalid: error)
  }
}
