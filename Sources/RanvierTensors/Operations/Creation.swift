internal import Foundation

extension Tensor {
  /// Zeros in the shape and type of another tensor.
  public static func zeros(like other: Tensor) -> Tensor { Tensor(repeating: 0, like: other) }

  /// Ones in the shape and type of another tensor.
  public static func ones(like other: Tensor) -> Tensor { Tensor(repeating: 1, like: other) }

  /// Creates a tensor of one value in the shape and type of another tensor.
  public init(repeating value: Double, like other: Tensor) {
    if other.error != nil {
      self = other
    } else {
      self.init(repeating: value, shape: other.shape, elementType: other.elementType)
    }
  }

  /// Ones on a diagonal, zeros elsewhere: by default, the identity matrix.
  ///
  /// - Parameters:
  ///   - rows: The number of rows.
  ///   - columns: The number of columns, if it is another.
  ///   - diagonal: Which diagonal: 1 is the one above the main diagonal, -1 the one below.
  ///   - elementType: The type of the elements.
  /// - Shapes: `[rows, columns]`.
  public static func identity(
    _ rows: Int, columns: Int? = nil, diagonal: Int = 0, elementType: ElementType = .float32
  ) -> Tensor {
    let shape: Shape = [rows, columns ?? rows]
    guard shape.defect == nil else {
      return Tensor(
        invalid: OperationError(
          operation: "identity(_:columns:)", rule: "sizes that are possible", got: "\(shape)"))
    }
    let row = Tensor.range(shape[0], elementType: .int64).expandedDimension(at: 1)
    let column = Tensor.range(shape[1], elementType: .int64)
    return equal(column - row, diagonal).cast(to: elementType)
  }

  /// Whole numbers at equal distances, from `start` on and before `end`, as of
  /// `stride(from:to:by:)`.
  public static func range(
    from start: Int, to end: Int, by step: Int = 1, elementType: ElementType = .int32
  ) -> Tensor {
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    guard step != 0, step != .min, !overflow else {
      return invalidRange("\(start) to \(end) by \(step)")
    }
    let isEmpty = distance == 0 || (distance < 0) != (step < 0)
    let count = isEmpty ? 0 : (distance - step.signum()) / step + 1
    let positions = Tensor.range(count, elementType: .int64)
    return (positions * step + start).cast(to: elementType)
  }

  /// Numbers at equal distances, from `start` on and before `end`.
  ///
  /// Rounding may add a last number beside `end`; ``linearlySpaced(from:through:count:elementType:)``
  /// says how many numbers there are.
  public static func range(
    from start: Double, to end: Double, by step: Double = 1, elementType: ElementType = .float32
  ) -> Tensor {
    let steps = ((end - start) / step).rounded(.up)
    guard step != 0, let count = Int(exactly: Swift.max(steps, 0)) else {
      return invalidRange("\(start) to \(end) by \(step)")
    }
    let positions = Tensor.range(count, elementType: .float64)
    return (positions * step + start).cast(to: elementType)
  }

  private static func invalidRange(_ got: String) -> Tensor {
    Tensor(
      invalid: OperationError(
        operation: "range(from:to:by:)", rule: "a step other than 0 and a finite number of steps",
        got: got))
  }

  /// `count` numbers from `start` to `end`, both included, each the same multiple of the one before.
  ///
  ///     Tensor.geometricallySpaced(from: 1, through: 1000, count: 4)    // 1, 10, 100, 1000
  ///
  /// - Parameters:
  ///   - start: The first number, not 0.
  ///   - end: The last number, of the same sign.
  ///   - count: How many numbers.
  ///   - elementType: The type of the elements.
  public static func geometricallySpaced(
    from start: Double, through end: Double, count: Int, elementType: ElementType = .float32
  ) -> Tensor {
    guard Shape([count]).defect == nil, start.isFinite, end.isFinite,
      start * end > 0 || (start.sign == end.sign && start != 0 && end != 0)
    else {
      return Tensor(
        invalid: OperationError(
          operation: "geometricallySpaced",
          rule: "two finite numbers of one sign, and a count that is possible",
          got: "\(count) numbers from \(start) to \(end)"))
    }
    // Powers of ten, so that those come out exactly.
    let sign = start < 0 ? -1.0 : 1.0
    let (low, high) = (log10(Swift.abs(start)), log10(Swift.abs(end)))
    let step = count > 1 ? (high - low) / Double(count - 1) : 0
    var numbers = (0 ..< count).map { sign * Foundation.pow(10, low + Double($0) * step) }
    // Rounding must not move the ends.
    if count > 0 { numbers[0] = start }
    if count > 1 { numbers[count - 1] = end }
    return Tensor(numbers).cast(to: elementType)
  }
}

/// The coordinates of all points of a grid: one tensor for each vector, which varies along the axis
/// that is the vector's position in the call.
///
///     let grid = meshgrid(y, x)    // grid[0][i, j] is y[i], grid[1][i, j] is x[j]
///
/// - Shapes: Vectors `[m]`, `[n]` ... give tensors `[m, n, ...]`.
/// - Note: NumPy and PyTorch call this order `indexing="ij"`.
public func meshgrid(_ vectors: Tensor...) -> [Tensor] {
  let shape = Shape(vectors.map(\.count))
  return vectors.enumerated().map { axis, vector in
    if vector.error != nil { return vector }
    guard vector.rank == 1 else {
      return Tensor(
        invalid: OperationError(
          operation: "meshgrid", rule: "vectors", got: "a tensor of shape \(vector.shape)"))
    }
    var sizes = [Int](repeating: 1, count: vectors.count)
    sizes[axis] = vector.count
    return vector.reshaped(to: Shape(sizes)).broadcast(to: shape).spelled("meshgrid")
  }
}

/// Ones at positions along a new last axis, zeros elsewhere.
///
/// Positions outside `0 ..< count` give zeros alone.
///
/// - Parameters:
///   - positions: Integers of any shape.
///   - count: The size of the new axis.
///   - elementType: The type of the result's elements.
/// - Shapes: Positions `[...]` give `[..., count]`.
public func oneHot(
  _ positions: Tensor, count: Int, elementType: ElementType = .float32
) -> Tensor {
  if positions.error != nil { return positions }
  guard positions.elementType.isInteger, count >= 0 else {
    return Tensor(
      invalid: OperationError(
        operation: "oneHot(_:count:)",
        rule: "positions that are integers, and a count that is not negative",
        got: "positions \(positions.type) and count \(count)"))
  }
  let row = Tensor.range(count, elementType: .int64)
  return equal(positions.cast(to: .int64).expandedDimension(at: -1), row).cast(to: elementType)
    .spelled("oneHot(_:count:)")
}
