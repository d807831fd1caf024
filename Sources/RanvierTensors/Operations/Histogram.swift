/// How many numbers fall into each bin.
///
/// Bin `i` holds `edges[i] <= x < edges[i + 1]`; the last bin holds its right edge too. Numbers
/// outside all bins, and not-a-number, are left out.
///
/// - Parameters:
///   - x: Numbers of any shape.
///   - edges: A vector of edges in ascending order.
///   - weights: What each number counts, in the shape of `x`; without them, 1.
/// - Returns: A vector with one element fewer than the edges: i32, or the weights' type, in whose
///   sums derivatives go back to the weights.
public func histogram(_ x: Tensor, edges: Tensor, weights: Tensor? = nil) -> Tensor {
  if let error = x.error ?? edges.error { return Tensor(invalid: error) }
  guard edges.rank == 1, edges.count > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: "histogram", rule: "a vector of edges", got: "\(edges.type)"))
  }
  guard weights.map({ $0.error != nil || $0.shape == x.shape }) ?? true else {
    return Tensor(
      invalid: OperationError(
        operation: "histogram", rule: "weights of the numbers' shape",
        got: "\(x.type)" + (weights.map { " and weights \($0.type)" } ?? "")))
  }
  let bins = edges.count - 1
  let place = searchSorted(edges, x, side: .afterEqual) - 1
  let bin = select(equal(x, edges[-1]), bins - 1, place)
  return bincount(bin, bins: bins, weights: weights)
}

/// How many numbers fall into each of some bins of equal width, and the bins' edges.
///
/// See ``histogram(_:edges:weights:)`` for what belongs to a bin.
///
/// - Parameters:
///   - x: Numbers of any shape; integers are counted in `f64`.
///   - bins: The number of bins.
///   - range: The first and the last edge; without it, the smallest and the largest number. If both
///     are equal, 0.5 less and 0.5 more.
///   - weights: What each number counts, in the shape of `x`; without them, 1.
/// - Returns: Counts `[bins]` and edges `[bins + 1]`.
public func histogram(
  _ x: Tensor, bins: Int = 10, in range: ClosedRange<Double>? = nil, weights: Tensor? = nil
) -> (counts: Tensor, edges: Tensor) {
  func invalid(_ error: OperationError) -> (counts: Tensor, edges: Tensor) {
    (Tensor(invalid: error), Tensor(invalid: error))
  }
  if let error = x.error { return invalid(error) }
  let type: ElementType =
    switch x.elementType {
    case .float32, .float64: x.elementType
    case .float16, .bfloat16: .float32
    default: .float64
    }
  let numbers = x.cast(to: type)
  var (low, high) = (Tensor(0, elementType: type), Tensor(1, elementType: type))
  if let range {
    (low, high) = (
      Tensor(range.lowerBound, elementType: type), Tensor(range.upperBound, elementType: type)
    )
  } else if x.count > 0 {
    (low, high) = (numbers.min(), numbers.max())
  }
  let isEmpty = equal(low, high)
  (low, high) = (select(isEmpty, low - 0.5, low), select(isEmpty, high + 0.5, high))
  let isUnusable = high.isConcrete && !isFinite(high - low).scalar(as: Bool.self)
  guard bins > 0, Shape([bins]).defect == nil, !isUnusable else {
    return invalid(
      OperationError(
        operation: "histogram", rule: "a possible number of bins from 1 on, and finite edges",
        got: "\(bins) bins" + (isUnusable ? " from \(low) to \(high)" : "") + " for \(x.type)"))
  }
  let positions = Tensor.range(bins + 1, elementType: type)
  // Rounding must not move the last edge, beyond which nothing is counted.
  let edges = select(equal(positions, bins), high, low + positions * ((high - low) / bins))
  return (histogram(numbers, edges: edges, weights: weights), edges)
}

/// How often each whole number from 0 on occurs.
///
/// - Parameters:
///   - positions: Integers of any shape. Those outside `0 ..< bins` are left out.
///   - bins: The result's size; without it, one more than the largest number, which must be known
///     then.
///   - weights: What each number counts, in the shape of the positions; without them, 1.
/// - Returns: A vector: i32, or the weights' type, in whose sums derivatives go back to the weights.
public func bincount(_ positions: Tensor, bins: Int? = nil, weights: Tensor? = nil) -> Tensor {
  do throws(OperationError) {
    if let error = positions.error ?? weights?.error { throw error }
    guard positions.elementType.isInteger, weights.map({ $0.shape == positions.shape }) ?? true
    else {
      throw OperationError(
        operation: "bincount", rule: "integers, and weights of their shape",
        got: "\(positions.type)" + (weights.map { " and weights \($0.type)" } ?? ""))
    }
    if let bins, let defect = Shape([bins]).defect {
      throw OperationError(
        operation: "bincount", rule: "a number of bins that is possible",
        got: "\(bins) (\(defect)) for \(positions.type)")
    }
    var size = bins ?? 0
    if bins == nil, positions.count > 0 {
      let known = try positions.known("bincount")
      let largest = known.max().scalar(as: Int.self)
      guard largest < Int(Int32.max), known.min().scalar(as: Int.self) >= 0 else {
        throw OperationError(
          operation: "bincount", rule: "numbers from 0 on, of 31 bits, or a number of bins",
          got: "\(positions.type) from \(known.min()) to \(known.max())")
      }
      size = largest + 1
    }
    let terms = weights ?? Tensor.ones(positions.shape, elementType: .int32)
    return apply(
      ScatterAdd(axis: 0, size: size),
      [
        (terms.elementType == .bool ? terms.cast(to: .int32) : terms).flattened(),
        positions.cast(to: .int64).flattened(),
      ])
  } catch {
    return Tensor(invalid: error)
  }
}
