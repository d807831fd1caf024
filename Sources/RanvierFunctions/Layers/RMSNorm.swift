public import RanvierTensors

/// Divides each example by the root of its mean square over axes, by default over the last one.
///
/// `y = x / sqrt(mean(x²) + epsilon) * scale`, computed at least in `f32`: a layer normalization
/// that leaves the mean where it is.
///
/// - Shapes: x of any shape; the scale has the sizes of the normalized axes, in order: `[features]`
///   by default; result as x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies the normalized elements.
///   - axes: What is normalized together. Negative positions count from the end.
///   - epsilon: Keeps the quotient finite for zeros.
/// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
public func rmsNorm(
  _ x: Tensor, scale: Tensor? = nil, axes: [Int] = [-1], epsilon: Double = 1e-6
) -> Tensor {
  do throws(OperationError) {
    let axes = try NormalizedAxes(x, axes, [("a scale", scale)], operation: "rmsNorm")
    let wide = widened(x)
    let meanSquare = square(wide).mean(alongAxes: axes.positions, keepingAxes: true)
    return axes.scaled(wide * rsqrt(meanSquare + epsilon), scale, nil).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}
