public import RanvierTensors

/// For each query, the mean of the values weighted by how well their keys fit the query.
///
/// `softmax(query · keyᵀ * scale) · value`, with the softmax over the keys and at least in `f32`. A
/// query that may attend to no key gives zeros.
///
/// Scores are kept for a few queries at a time, also for gradients, unless the mask is one of numbers
/// or weights are dropped. Elements at masked keys must be finite all the same: they are multiplied
/// by weights of 0.
///
/// - Shapes: query `[..., queries, features]`, key `[..., keys, features]`, value
///   `[..., keys, outputs]`, mask broadcasting to `[..., queries, keys]`; result
///   `[..., queries, outputs]`. Leading axes, such as batch and heads, broadcast.
/// - Parameters:
///   - query: What is looked for.
///   - key: What is looked through.
///   - value: What is found.
///   - mask: Truth values, true where a query may attend to a key; or numbers, which are added to
///     the scaled products, minus infinity where it may not.
///   - isCausal: Whether query i attends to keys 0 to i only.
///   - scale: Multiplies the products of queries and keys, by default `1 / sqrt(features)`.
///   - dropoutRate: The probability with which a weight is set to 0, in `0 ..< 1`; the others are
///     divided by `1 - dropoutRate`.
///   - dropoutKey: Chooses the weights; nothing is dropped without it.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
  scale: Double? = nil, dropoutRate: Double = 0, dropoutKey: RandomKey? = nil
) -> Tensor {
  do throws(OperationError) {
    let dropout = try AttentionDropout(dropoutRate, dropoutKey, "scaledDotProductAttention")
    return scaledDotProductAttention(
      query, key, value, mask: mask, isCausal: isCausal, scale: scale, dropout: dropout)
  } catch {
    return Tensor(invalid: error)
  }
}

/// Attention whose dropout has been checked.
func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor?, isCausal: Bool,
  scale: Double? = nil, dropout: AttentionDropout?
) -> Tensor {
  let operation = "scaledDotProductAttention"
  do throws(OperationError) {
    let (query, key, value) = try attentionOperands(query, key, value)
    let scale = scale ?? attentionScale(query)
    let shape = Shape(query.shape.sizes.dropLast() + [key.shape[-2]])
    if let mask { try checkMask(mask, shape) }
    if dropout != nil || mask.map({ $0.elementType != .bool }) ?? false {
      return composedAttention(query, key, value, mask, isCausal, scale, dropout)
        .spelled(operation)
    }
    return attentionBlock(
      [query, key, value].map { $0.expandedDimension(at: -2) }, isPacked: false,
      mask: mask.map { $0.rank < 2 ? $0 : $0.expandedDimension(at: -3) }, isCausal: isCausal,
      scale: scale
    ).squeezed(axes: [-2]).spelled(operation)
  } catch {
    return Tensor(invalid: error)
  }
}

/// What products of queries `[..., features]` and keys are multiplied by.
func attentionScale(_ query: Tensor) -> Double {
  1 / Double(max(query.shape[-1], 1)).squareRoot()
}

/// Which weights of an attention are dropped.
struct AttentionDropout {
  private let rate: Double
  private let key: RandomKey

  /// - Returns: `nil` if none are.
  init?(_ rate: Double, _ key: RandomKey?, _ operation: String) throws(OperationError) {
    guard (0 ..< 1).contains(rate) else {
      throw OperationError(
        operation: operation, rule: "a dropout rate in 0 ..< 1", got: "\(rate)")
    }
    guard let key, rate > 0 else { return nil }
    (self.rate, self.key) = (rate, key)
  }

  func callAsFunction(_ weights: Tensor) -> Tensor { dropout(weights, rate: rate, key: key) }
}

/// Attention by operations on all scores at once, which have derivatives with respect to a mask of
/// numbers.
private func composedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ isCausal: Bool,
  _ scale: Double, _ dropout: AttentionDropout?
) -> Tensor {
  // The product reads keys where they lie instead of a transposed copy.
  let product: Tensor = apply(MatrixProduct(transposesRight: true), [query, key])
  var scores = widened(product) * scale
  if isCausal {
    let (queries, keys) = (Tensor.range(scores.shape[-2]), Tensor.range(scores.shape[-1]))
    let isPast = lessOrEqual(keys, queries.reshaped(to: [queries.count, 1]))
    scores = select(isPast, scores, -Double.infinity)
  }
  if let mask, mask.elementType == .bool {
    scores = select(mask, scores, -Double.infinity)
  } else if let mask {
    scores = scores + mask.cast(to: scores.elementType)
  }
  let all = softmaxOrZeros(scores)
  let weights = dropout.map { $0(all) } ?? all
  return apply(MatrixProduct(), [weights.cast(to: value.elementType), value])
}

private func checkMask(_ mask: Tensor, _ scores: Shape) throws(OperationError) {
  if let error = mask.error { throw error }
  guard mask.elementType == .bool || mask.elementType.isFloatingPoint,
    Shape.broadcast(mask.shape, scores) == scores
  else {
    throw OperationError(
      operation: "scaledDotProductAttention",
      rule: "a mask of truth values or floating-point numbers that broadcasts to \(scores)",
      got: "\(mask.type)",
      hint: mask.elementType.isInteger ? "convert with cast(to: .bool)" : "")
  }
}

/// Queries, keys and values of one type and with equal leading axes.
private func attentionOperands(
  _ query: Tensor, _ key: Tensor, _ value: Tensor
) throws(OperationError) -> (Tensor, Tensor, Tensor) {
  if let error = query.error ?? key.error ?? value.error { throw error }
  let operands = [query, key, value]
  var failure = OperationError(
    operation: "scaledDotProductAttention",
    rule: """
      floating-point numbers query [..., queries, features], key [..., keys, features] and value \
      [..., keys, outputs]
      """,
    got: "query \(query.type), key \(key.type), value \(value.type)")
  guard operands.allSatisfy({ $0.rank >= 2 && $0.elementType.isFloatingPoint }),
    query.shape[-1] == key.shape[-1], key.shape[-2] == value.shape[-2]
  else { throw failure }
  var leading: Shape = []
  for operand in operands {
    let axes = Shape(Array(operand.shape.sizes.dropLast(2)))
    guard let both = Shape.broadcast(leading, axes) else {
      failure.rule = "leading axes that broadcast"
      throw failure
    }
    leading = both
  }
  let type = ElementType.promoted(
    ElementType.promoted(query.elementType, key.elementType), value.elementType)
  let aligned = operands.map {
    $0.cast(to: type).broadcast(to: Shape(leading.sizes + $0.shape.sizes.suffix(2)))
  }
  return (aligned[0], aligned[1], aligned[2])
}

/// The softmax over the last axis, and zeros where all elements are minus infinity.
private func softmaxOrZeros(_ x: Tensor) -> Tensor {
  // Minus infinity minus itself would be no number.
  let lowest = -Double(Float.greatestFiniteMagnitude)
  let largest = maximum(x.max(alongAxes: [-1], keepingAxes: true), lowest)
  let powers = exp(x - stopGradient(largest))
  let sum = powers.sum(alongAxes: [-1], keepingAxes: true)
  return powers / select(equal(sum, 0), 1, sum)
}
