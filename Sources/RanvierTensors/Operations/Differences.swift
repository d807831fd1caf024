extension Tensor {
  /// What neighbours along an axis differ by, the later minus the earlier.
  ///
  /// - Parameters:
  ///   - order: How often differences are taken.
  ///   - axis: The axis.
  /// - Shapes: `[..., n, ...]` gives `[..., n - order, ...]`, or an empty axis.
  public func differences(order: Int = 1, alongAxis axis: Int = -1) -> Tensor {
    do throws(OperationError) {
      let operation = "differences(order:alongAxis:)"
      let axis = try normalizedAxes([axis], operation: operation)[0]
      guard order >= 0, elementType != .bool else {
        throw OperationError(
          operation: operation, rule: "numbers, and an order that is not negative",
          got: "order \(order) of \(type)")
      }
      var result = self
      for _ in 0 ..< Swift.min(order, shape[axis]) {
        let size = result.shape[axis]
        result =
          result.sliced(1 ..< size, alongAxis: axis)
          - result.sliced(0 ..< size - 1, alongAxis: axis)
      }
      return result
    } catch {
      return Tensor(invalid: error)
    }
  }
}

/// The integral along an axis of a function that is known at points, by the trapezoidal rule.
///
///     sum((x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2)
///
/// - Parameters:
///   - y: The function's values; integers are summed up in `f32`.
///   - x: The points, a vector or of the values' shape.
///   - axis: The axis, which disappears.
public func trapezoid(_ y: Tensor, at x: Tensor, alongAxis axis: Int = -1) -> Tensor {
  do throws(OperationError) {
    let axis = try y.normalizedAxes([axis], operation: "trapezoid")[0]
    if let error = x.error { throw error }
    guard x.shape == y.shape || x.shape == [y.shape[axis]] else {
      throw OperationError(
        operation: "trapezoid", rule: "a point for each value along the axis",
        got: "points \(x.shape) for axis \(axis) of shape \(y.shape)")
    }
    let isVector = x.rank == 1
    let widths = x.differences(alongAxis: isVector ? 0 : axis)
    let trailing = [Int](repeating: 1, count: isVector ? y.rank - 1 - axis : 0)
    return trapezoid(y, widths.reshaped(to: Shape(widths.shape.sizes + trailing)), axis)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The integral along an axis of a function that is known at equal distances, by the trapezoidal
/// rule.
///
/// - Parameters:
///   - y: The function's values; integers are summed up in `f32`.
///   - spacing: The distance of two neighbours.
///   - axis: The axis, which disappears.
public func trapezoid(_ y: Tensor, spacing: Double = 1, alongAxis axis: Int = -1) -> Tensor {
  do throws(OperationError) {
    let axis = try y.normalizedAxes([axis], operation: "trapezoid")[0]
    return trapezoid(y, Tensor(spacing, elementType: .float64), axis)
  } catch {
    return Tensor(invalid: error)
  }
}

private func trapezoid(_ y: Tensor, _ widths: Tensor, _ axis: Int) -> Tensor {
  let values = y.elementType.isFloatingPoint ? y : y.cast(to: .float32)
  let size = values.shape[axis]
  guard size > 1 else { return (values.sliced(0 ..< 0, alongAxis: axis)).sum(alongAxes: [axis]) }
  let pairs =
    values.sliced(1 ..< size, alongAxis: axis) + values.sliced(0 ..< size - 1, alongAxis: axis)
  return (pairs * 0.5 * widths.cast(to: values.elementType)).sum(alongAxes: [axis])
}
