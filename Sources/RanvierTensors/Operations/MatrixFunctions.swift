/// The solution x of `a x = b` with the smallest sum of squared errors; the shortest one, if several
/// have it.
///
/// Works for any shape and rank, by the pseudo-inverse; the derivative holds as long as the rank does
/// not change. NumPy: `linalg.lstsq`, the first of its results.
///
/// - Parameter tolerance: Singular values up to this part of the largest count as zero; by default
///   the unit of rounding times the larger of m and n.
/// - Shapes: `[..., m, n]` and `[..., m, k]` give `[..., n, k]`; a vector `[m]` gives vectors
///   `[..., n]`. `f32` or `f64`.
public func leastSquares(_ a: Tensor, _ b: Tensor, tolerance: Double? = nil) -> Tensor {
  let (matrix, right) = promoted(a, b)
  if let error = matrix.error ?? right.error { return Tensor(invalid: error) }
  let rows = right.rank == 1 ? right.shape[0] : right.rank == 0 ? 0 : right.shape[-2]
  guard matrix.rank >= 2, right.rank >= 1, rows == matrix.shape[-2] else {
    return Tensor(
      invalid: OperationError(
        operation: "leastSquares", rule: "a right-hand side with as many rows as the matrix",
        got: "\(matrix.shape) and \(right.shape)"))
  }
  return matmul(pseudoInverse(matrix, tolerance: tolerance), right).spelled("leastSquares")
}

/// The number of singular values of each matrix that are not zero, as `i32`.
///
/// A matrix that is not finite has rank 0. NumPy: `linalg.matrix_rank`.
///
/// - Parameter tolerance: Singular values up to this part of the largest count as zero; by default
///   the unit of rounding times the larger of m and n.
/// - Shapes: `[..., m, n]` gives `[...]`; `f32` or `f64`.
public func matrixRank(_ a: Tensor, tolerance: Double? = nil) -> Tensor {
  let s = singularValues(a).spelled("matrixRank", a)
  if s.error != nil { return s }
  let unit = a.elementType == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
  let relative = tolerance ?? unit * Double(Swift.max(a.shape[-2], a.shape[-1]))
  let largest = s.max(alongAxes: [-1], keepingAxes: true)
  return greater(s, largest * relative).cast(to: .int32).sum(alongAxes: [-1])
}

/// The ratio of the largest to the smallest singular value: how much solving a system may enlarge
/// errors.
///
/// Infinite for a singular matrix; not-a-number for one of zeros. NumPy: `linalg.cond`.
///
/// - Shapes: `[..., m, n]` gives `[...]`; `f32` or `f64`.
public func conditionNumber(_ a: Tensor) -> Tensor {
  let s = singularValues(a).spelled("conditionNumber", a)
  if s.error != nil { return s }
  guard s.shape[-1] > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: "conditionNumber", rule: "matrices that are not empty", got: "shape \(a.shape)"))
  }
  return s[.ellipsis, 0] / s[.ellipsis, -1]
}

/// Square matrices multiplied by themselves: `a` taken `exponent` times.
///
/// 0 gives the identity; negative exponents multiply the inverse. NumPy: `linalg.matrix_power`.
///
/// - Shapes: `[..., n, n]` gives `[..., n, n]`; any type of numbers, `f32` or `f64` for negative
///   exponents.
public func matrixPower(_ a: Tensor, _ exponent: Int) -> Tensor {
  if a.error != nil { return a }
  guard a.rank >= 2, a.shape[-1] == a.shape[-2], a.elementType != .bool else {
    return Tensor(
      invalid: OperationError(
        operation: "matrixPower", rule: "square matrices of numbers in the last two axes",
        got: "\(a.type)"))
  }
  var remaining = exponent.magnitude
  var square = exponent < 0 ? inverse(a) : a
  var power: Tensor?
  while remaining > 0 {
    if remaining & 1 == 1 { power = power.map { product($0, square) } ?? square }
    remaining >>= 1
    if remaining > 0 { square = product(square, square) }
  }
  let identity = Tensor.identityMatrix(a.shape[-1], elementType: a.elementType)
  return (power ?? identity.broadcast(to: a.shape)).spelled("matrixPower")
}

/// The Kronecker product: every element of the first tensor times the whole second tensor.
///
/// NumPy: `kron`.
///
/// - Shapes: `[m, n]` and `[p, q]` give `[m p, n q]`; likewise for any rank, where the shorter shape
///   is preceded by ones.
public func kronecker(_ first: Tensor, _ second: Tensor) -> Tensor {
  let (a, b) = promoted(first, second)
  if let error = a.error ?? b.error { return Tensor(invalid: error) }
  guard a.elementType != .bool else {
    return Tensor(
      invalid: OperationError(
        operation: "kronecker", rule: "numbers", got: "\(a.type) and \(b.type)",
        hint: "convert with cast(to:)"))
  }
  let rank = Swift.max(a.rank, b.rank)
  func sizes(_ x: Tensor) -> [Int] { [Int](repeating: 1, count: rank - x.rank) + x.shape.sizes }
  let (outer, inner) = (sizes(a), sizes(b))
  // Rows of blocks beside rows within blocks, and so on for every axis.
  let blocks = a.reshaped(to: Shape(outer.flatMap { [$0, 1] }))
  let elements = b.reshaped(to: Shape(inner.flatMap { [1, $0] }))
  return (blocks * elements).reshaped(to: Shape(zip(outer, inner).map { $0 &* $1 }))
    .spelled("kronecker")
}
