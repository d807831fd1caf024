public import RanvierTensors

/// Normalizes each example over axes, by default over the last one.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + offset` with mean and biased variance over
/// the axes, computed at least in `f32`. The variance is computed from distances to the mean, so a
/// mean far from 0 does no harm.
///
/// - Shapes: x of any shape; scale and offset have the sizes of the normalized axes, in order:
///   `[features]` by default; result as x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies the normalized elements.
///   - offset: Added to them.
///   - axes: What is normalized together. Negative positions count from the end.
///   - epsilon: Keeps the quotient finite for a variance of 0.
/// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450.
public func layerNorm(
  _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, axes: [Int] = [-1],
  epsilon: Double = 1e-5
) -> Tensor {
  do throws(OperationError) {
    let parameters = [("a scale", scale), ("an offset", offset)]
    let axes = try NormalizedAxes(x, axes, parameters, operation: "layerNorm")
    let normalized = standardized(widened(x), alongAxes: axes.positions, epsilon: epsilon)
    return axes.scaled(normalized, scale, offset).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The axes over which a tensor is normalized, checked together with what scales the result.
struct NormalizedAxes {
  /// The axes from the first to the last.
  let positions: [Int]
  /// The tensor's sizes along the axes, and 1 elsewhere from the first of them on: the shape in
  /// which parameters broadcast.
  private let aligned: Shape

  init(
    _ x: Tensor, _ axes: [Int], _ parameters: [(name: String, tensor: Tensor?)], operation: String
  ) throws(OperationError) {
    positions = try x.normalizedAxes(axes, operation: operation).sorted()
    guard let first = positions.first, x.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "floating-point numbers and at least one axis",
        got: "\(x.type) and axes \(axes)")
    }
    let sizes = positions.map { x.shape[$0] }
    for (name, tensor) in parameters {
      guard let tensor else { continue }
      if let error = tensor.error { throw error }
      guard tensor.shape == Shape(sizes) else {
        throw OperationError(
          operation: operation, rule: "\(name) of shape \(sizes)",
          got: "\(tensor.shape) for x \(x.shape) and axes \(axes)")
      }
    }
    let normalized = Set(positions)
    aligned = Shape((first ..< x.rank).map { normalized.contains($0) ? x.shape[$0] : 1 })
  }

  /// The normalized elements multiplied by a scale, plus an offset.
  func scaled(_ normalized: Tensor, _ scale: Tensor?, _ offset: Tensor?) -> Tensor {
    let product = scale.map { normalized * $0.reshaped(to: aligned) } ?? normalized
    return offset.map { product + $0.reshaped(to: aligned) } ?? product
  }
}
