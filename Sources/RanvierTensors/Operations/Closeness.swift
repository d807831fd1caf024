/// Where two tensors are equal up to tolerances: `|a - b| <= absolute + relative * |b|`,
/// broadcasting.
///
/// Infinities must be equal; not-a-number differs from everything. Integers are compared in `f64`,
/// elements of 16 bits in `f32`.
///
/// - Returns: A tensor of type bool.
public func nearlyEqual(
  _ first: some TensorOperand, _ second: some TensorOperand, relative: Double = 1e-5,
  absolute: Double = 1e-8
) -> Tensor {
  let (a, b) = promoted(first, second)
  let type: ElementType =
    switch a.elementType {
    case .float16, .bfloat16, .float32: .float32
    default: .float64
    }
  let (x, y) = (a.cast(to: type), b.cast(to: type))
  // An infinite tolerance would accept any number.
  let isNear = bitwiseAnd(isFinite(y), lessOrEqual(abs(x - y), abs(y) * relative + absolute))
  return bitwiseOr(equal(x, y), isNear).spelled("nearlyEqual", first, second)
}

/// Whether two tensors are equal up to absolute and relative tolerances: `|a - b| <= absolute +
/// relative * |b|` everywhere.
///
/// Infinities must be equal; not-a-number differs from everything. Tensors of different shapes are
/// not close, nor are invalid ones; the elements must be known. ``nearlyEqual(_:_:relative:absolute:)``
/// says where.
public func isClose(
  _ first: Tensor, _ second: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8
) -> Bool {
  guard first.error == nil, second.error == nil, first.shape == second.shape else { return false }
  return nearlyEqual(first, second, relative: relative, absolute: absolute).all()
    .scalar(as: Bool.self)
}
