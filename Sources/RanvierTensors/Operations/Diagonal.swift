extension Tensor {
  /// The elements whose positions along two axes are equal, along a new last axis.
  ///
  ///     result[..., i] = x[..., i, ..., i + offset, ...]
  ///
  /// - Parameters:
  ///   - offset: How far the diagonal lies from the main one: above it if positive, below it if
  ///     negative. A diagonal beyond the corners is empty.
  ///   - axes: The two axes; the matrix's rows and columns.
  /// - Shapes: `[..., m, n]` gives `[..., k]` with k at most the smaller of m and n.
  public func diagonal(offset: Int = 0, axes: (Int, Int) = (-2, -1)) -> Tensor {
    do throws(OperationError) {
      let pair = try normalizedAxes([axes.0, axes.1], operation: "diagonal(offset:axes:)")
      let others = (0 ..< rank).filter { !pair.contains($0) }
      let outer = others.map { shape[$0] }
      let (rows, columns) = (shape[pair[0]], shape[pair[1]])
      // Neither can an offset be negated if it is the smallest number, nor is it needed.
      let (above, below) = (Swift.max(offset, 0), offset < 0 ? 0 - Swift.max(offset, -rows) : 0)
      let length = Swift.max(0, Swift.min(rows - below, columns - Swift.min(above, columns)))
      if length == 0 || outer.contains(0) {
        return Tensor.zeros(Shape(outer + [length]), elementType: elementType)
      }
      // Along the flattened matrix, the diagonal is every (columns + 1)-th element.
      let matrix = transposed(permutation: others + pair).reshaped(
        to: Shape(outer + [rows * columns]))
      let start = below * columns + above
      let none = [Int](repeating: 0, count: outer.count)
      let ones = [Int](repeating: 1, count: outer.count)
      return apply(
        Slice(
          starts: none + [start], ends: outer + [start + (length - 1) * (columns + 1) + 1],
          strides: ones + [columns + 1]), [matrix])
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// Square matrices with the elements of the last axis on a diagonal, and zeros elsewhere.
  ///
  /// - Parameter offset: How far the diagonal lies above the main one, or below it if negative.
  /// - Shapes: `[..., n]` gives `[..., k, k]` with k = n + |offset|.
  public func diagonalMatrix(offset: Int = 0) -> Tensor {
    if error != nil { return self }
    guard rank > 0, (-1 << 31 ... 1 << 31).contains(offset) else {
      return Tensor(
        invalid: OperationError(
          operation: "diagonalMatrix(offset:)",
          rule: "vectors along the last axis, and an offset of at most 2^31",
          got: "\(type), offset \(offset)"))
    }
    let (length, outer) = (shape[-1], shape.sizes.dropLast())
    let size = length + abs(offset)
    let result = Shape(outer + [size, size])
    if let defect = result.defect {
      return Tensor(
        invalid: OperationError(
          operation: "diagonalMatrix(offset:)", rule: "a result of a shape that is possible",
          got: "\(result) with \(defect)"))
    }
    if count == 0 { return Tensor.zeros(result, elementType: elementType) }
    let start = offset < 0 ? -offset * size : offset
    let covered = (length - 1) * (size + 1) + 1
    let none = [Int](repeating: 0, count: outer.count)
    let spread: Tensor = apply(
      Pad(
        low: none + [start], high: none + [size * size - start - covered],
        interior: none + [size]), [self, Tensor(0, elementType: elementType)])
    return spread.reshaped(to: result).spelled("diagonalMatrix(offset:)")
  }
}

/// The sum of the elements whose positions along two axes are equal.
///
///     result[...] = sum over i of x[..., i, ..., i + offset, ...]
///
/// - Parameters:
///   - x: Matrices.
///   - offset: How far the diagonal lies above the main one, or below it if negative.
///   - axes: The two axes; the matrix's rows and columns.
/// - Shapes: `[..., m, n]` gives `[...]`.
public func trace(_ x: Tensor, offset: Int = 0, axes: (Int, Int) = (-2, -1)) -> Tensor {
  let diagonal = x.diagonal(offset: offset, axes: axes)
  return (diagonal.error == nil ? diagonal.sum(alongAxes: [-1]) : diagonal).spelled("trace", x)
}
