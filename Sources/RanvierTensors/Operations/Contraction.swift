/// The sum of products of two tensors' elements over pairs of axes, for each pair of batch axes.
///
///     result[batch, i, j] = sum over k of a[batch, i, k] * b[batch, k, j]
///
/// Every matrix product is a contraction, and so is ``dot(_:_:)``. `einsum(_:_:)` names the axes
/// instead of numbering them.
///
/// - Parameters:
///   - first: A tensor.
///   - second: A tensor.
///   - axes: The axes that are summed over, in pairs of equal sizes: those of the first tensor and
///     those of the second. Negative positions count from the end.
///   - batchAxes: Axes that are paired without a sum.
/// - Shapes: The result has the batch axes in the order given, then the first tensor's other axes,
///   then the second's.
/// - Note: NumPy's `tensordot`, with batch axes.
public func contract(
  _ first: Tensor, _ second: Tensor, axes: ([Int], [Int]), batchAxes: ([Int], [Int]) = ([], [])
) -> Tensor {
  let operation = "contract(_:_:axes:batchAxes:)"
  do throws(OperationError) {
    let (a, b) = promoted(first, second)
    let left = try a.normalizedAxes(batchAxes.0 + axes.0, operation: operation)
    let right = try b.normalizedAxes(batchAxes.1 + axes.1, operation: operation)
    guard a.elementType != .bool else {
      throw OperationError(
        operation: operation, rule: "numbers", got: "\(a.type) and \(b.type)",
        hint: "convert with cast(to:)")
    }
    guard axes.0.count == axes.1.count, batchAxes.0.count == batchAxes.1.count,
      zip(left, right).allSatisfy({ a.shape[$0] == b.shape[$1] })
    else {
      throw OperationError(
        operation: operation, rule: "pairs of axes of equal sizes",
        got: """
          \(a.type) and \(b.type), axes \(axes.0) and \(axes.1), batch axes \(batchAxes.0) and \
          \(batchAxes.1)
          """)
    }
    // The first tensor's axes are their own labels.
    var labels = b.shape.sizes.indices.map { a.rank + $0 }
    for (axis, partner) in zip(right, left) { labels[axis] = partner }
    let summed = Set(left.dropFirst(batchAxes.0.count))
    let kept = Set(Array(0 ..< a.rank) + labels).subtracting(summed)
    let product = LabelledTensor(tensor: a, labels: Array(0 ..< a.rank))
      .product(with: LabelledTensor(tensor: b, labels: labels), keeping: kept)
    let batch = Array(left.prefix(batchAxes.0.count))
    let free = (0 ..< a.rank).filter { !left.contains($0) } + labels.filter { $0 >= a.rank }
    return product.ordered(batch + free)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The products of each element of one tensor with each of another.
///
///     result[i, j] = a[i] * b[j]
///
/// - Shapes: The axes of the first, then those of the second.
public func outer(_ first: Tensor, _ second: Tensor) -> Tensor {
  contract(first, second, axes: ([], [])).spelled("outer", first, second)
}

/// The sum of products over the last axis of the first tensor and the last but one of the second
/// (the only one of a vector): NumPy's `dot`.
///
/// - Shapes: `[n] · [n]` gives a scalar, `[..., m, n] · [n]` gives `[..., m]`,
///   `[..., m, n] · [***, n, p]` gives `[..., m, ***, p]`; a scalar multiplies every element.
/// - Note: For batches of matrices use ``matmul(_:_:)``, which pairs batch axes.
public func dot(_ first: Tensor, _ second: Tensor) -> Tensor {
  if first.error != nil { return first }
  if second.error != nil { return second }
  if first.rank == 0 || second.rank == 0 { return (first * second).spelled("dot") }
  let axis = Swift.max(second.rank - 2, 0)
  guard first.shape[-1] == second.shape[axis] else {
    return Tensor(
      invalid: OperationError(
        operation: "dot", rule: "equal inner sizes",
        got: "\(first.shape) · \(second.shape) (\(first.shape[-1]) ≠ \(second.shape[axis]))"))
  }
  return contract(first, second, axes: ([-1], [axis])).spelled("dot")
}
