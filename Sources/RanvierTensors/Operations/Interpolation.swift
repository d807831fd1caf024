/// A function's values between points at which they are known, along straight lines.
///
/// Before the first point it has the first value, after the last point the last value. The result
/// is `f64` if one of the tensors is, otherwise `f32`.
///
/// Derivatives go to `x`, which has none outside the points, to the points and to the values.
///
/// - Parameters:
///   - x: Where values are wanted, in any shape.
///   - points: A vector in ascending order.
///   - values: The values at the points.
/// - Shapes: `x` of `[...]`, points `[n]` and values `[n]` give `[...]`.
public func interpolate(at x: Tensor, points: Tensor, values: Tensor) -> Tensor {
  if let error = x.error ?? points.error ?? values.error { return Tensor(invalid: error) }
  guard points.rank == 1, points.count > 0, values.shape == points.shape else {
    return Tensor(
      invalid: OperationError(
        operation: "interpolate(at:points:values:)", rule: "as many values as points, at least one",
        got: "points \(points.shape) and values \(values.shape)"))
  }
  let type = [x, points, values].reduce(ElementType.float32) {
    $1.elementType.isInteger || $1.elementType == .bool ? $0 : .promoted($0, $1.elementType)
  }
  let (wanted, known, results) = (x.cast(to: type), points.cast(to: type), values.cast(to: type))
  let inside = minimum(maximum(wanted, known[0]), known[-1])
  let last = Swift.max(points.count - 2, 0)
  let left = clamp(searchSorted(known, inside, side: .afterEqual) - 1, 0, last)
  let right = minimum(left + 1, points.count - 1)
  let start = known.gathered(at: left)
  let width = known.gathered(at: right) - start
  // Equal points have no line between them.
  let isPoint = equal(width, 0)
  let share = select(isPoint, inside * 0 + 1, (inside - start) / select(isPoint, 1, width))
  let first = results.gathered(at: left)
  return first + share * (results.gathered(at: right) - first)
}
