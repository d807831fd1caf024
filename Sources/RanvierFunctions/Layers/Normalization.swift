public import RanvierTensors

/// Normalizes elements over axes that are chosen: the axes make it batch, instance, layer or group
/// normalization.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + offset` with mean and biased variance over
/// the axes, computed at least in `f32`.
///
/// | axes of x `[batch, spatial..., channels]` | the same as |
/// |---|---|
/// | all but the last | ``batchNormTraining(_:scale:offset:epsilon:)`` |
/// | the spatial ones | ``instanceNorm(_:scale:offset:epsilon:)`` |
/// | the last, or all but the first | ``layerNorm(_:scale:offset:axes:epsilon:)`` |
/// | all but the first, with groups | ``groupNorm(_:groups:scale:offset:epsilon:)`` |
///
/// - Shapes: x of any shape; scale and offset broadcast to it; result as x.
/// - Parameters:
///   - x: The input.
///   - axes: What is normalized together. Negative positions count from the end.
///   - groups: How many parts of the last axis are normalized each by itself; more than one need
///     the last axis among the axes, and divide its size.
///   - scale: Multiplies the normalized elements.
///   - offset: Added to them.
///   - epsilon: Keeps the quotient finite for a variance of 0.
/// - Source: Wu & He 2018, arXiv:1803.08494, section 3.1.
public func normalization(
  _ x: Tensor, alongAxes axes: [Int], groups: Int = 1, scale: Tensor? = nil,
  offset: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
  if let error = x.error ?? scale?.error ?? offset?.error { return Tensor(invalid: error) }
  let operation = "normalization"
  do throws(OperationError) {
    let positions = try x.normalizedAxes(axes, operation: operation).sorted()
    guard !positions.isEmpty, x.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "floating-point numbers and at least one axis",
        got: "\(x.type) and axes \(axes)")
    }
    guard groups == 1 || groups > 0 && positions.last == x.rank - 1 && x.shape[-1] % groups == 0
    else {
      throw OperationError(
        operation: operation,
        rule: "a number of groups that divides the last axis, which is among the axes",
        got: "\(groups) groups of x \(x.shape) and axes \(axes)")
    }
    for (name, tensor) in [("a scale", scale), ("an offset", offset)] {
      guard let tensor, Shape.broadcast(tensor.shape, x.shape) != x.shape else { continue }
      throw OperationError(
        operation: operation, rule: "\(name) that broadcasts to x",
        got: "\(tensor.shape) for x \(x.shape)")
    }
    let normalized = standardized(
      widened(x), alongAxes: positions, groups: groups, epsilon: epsilon)
    let product = scale.map { normalized * $0 } ?? normalized
    return (offset.map { product + $0 } ?? product).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}

/// Numbers of 16 bits and integers as `f32`, in which statistics are accurate.
func widened(_ x: Tensor) -> Tensor {
  x.elementType == .float64 ? x : x.cast(to: .float32)
}
