/// The exponential of square matrices: 1 + a + a²/2 + a³/6 + ...
///
/// By a quotient of polynomials (Padé) of `a / 2ˢ`, squared s times; s is found for each matrix, and
/// is at most 16. A matrix whose columns' sums of absolute elements exceed about 350,000 (`f64`) or
/// 250,000 (`f32`), or which is not finite, gives not-a-number. SciPy and JAX: `linalg.expm`.
///
/// Source: Higham 2005, "The scaling and squaring method for the matrix exponential revisited".
///
/// - Shapes: `[..., n, n]` gives `[..., n, n]`; `f32` or `f64`.
public func matrixExponential(_ a: Tensor) -> Tensor {
  if a.error != nil { return a }
  let type = a.elementType
  guard a.rank >= 2, a.shape[-1] == a.shape[-2], type == .float32 || type == .float64 else {
    return Tensor(
      invalid: OperationError(
        operation: "matrixExponential", rule: "square matrices of type f32 or f64",
        got: "\(a.type)"))
  }
  if a.count == 0 { return a }
  // Up to this size the quotient of this degree is as good as exact in the type.
  let (degree, limit) = type == .float64 ? (13, 5.371920351148152) : (7, 3.925724783138660)
  let size = abs(stopGradient(a)).sum(alongAxes: [-2]).max(alongAxes: [-1]).asMatrix
  let largestCount = 16.0
  // A size of zero asks for no squaring; the logarithm must not see it.
  let wanted = ceil(log(maximum(size, limit) / limit) * 1.4426950408889634)
  let squarings = select(
    lessOrEqual(wanted, largestCount), wanted, Tensor(Double.nan, elementType: type))

  var power = quotient(a * pow(Tensor(2, elementType: type), -squarings), degree: degree)
  let identity = Tensor.identityMatrix(a.shape[-1], elementType: type)
  for step in 0 ..< Int(largestCount) {
    let isActive = greater(squarings, Double(step))
    // Where it is not wanted, the square must not overflow: its derivative would be not-a-number.
    let base = select(isActive, power, identity)
    power = select(isActive, product(base, base), power)
  }
  return power
}

/// The quotient of two polynomials of a degree that comes closest to the exponential at zero.
private func quotient(_ a: Tensor, degree: Int) -> Tensor {
  let identity = Tensor.identityMatrix(a.shape[-1], elementType: a.elementType)
    .broadcast(to: a.shape)
  let square = product(a, a)
  var (power, even, odd) = (identity, Tensor?.none, Tensor?.none)
  var coefficient = 1.0
  for index in 0 ... degree {
    if index % 2 == 0 {
      if index > 0 { power = index == 2 ? square : product(power, square) }
      even = even.map { $0 + power * coefficient } ?? power * coefficient
    } else {
      odd = odd.map { $0 + power * coefficient } ?? power * coefficient
    }
    coefficient *= Double(degree - index) / Double((2 * degree - index) * (index + 1))
  }
  guard let even, let odd else { return identity }
  let difference = product(a, odd)
  return solve(even - difference, even + difference)
}
