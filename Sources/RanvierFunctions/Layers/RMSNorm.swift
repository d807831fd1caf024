public import RanvierTensors

/// Divides each example by the root of its mean square over axes, by default over the last one.
///
/// `y = x / sqrt(mean(x²) + epsilon) * (scale + shift)`, computed at least in `f32` and rounded to
/// x's type once: a layer normalization that leaves the mean where it is.
///
/// - Shapes: x of any shape; the scale has the sizes of the normalized axes, in order: `[features]`
///   by default; result as x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies the normalized elements.
///   - shift: Added to the scale, if there is one: with 1, scales are learnt around 0, as in Gemma.
///   - axes: What is normalized together. Negative positions count from the end.
///   - epsilon: Keeps the quotient finite for zeros.
/// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
public func rmsNorm(
  _ x: Tensor, scale: Tensor? = nil, shift: Double = 0, axes: [Int] = [-1],
  epsilon: Double = 1e-6
) -> Tensor {
  do throws(OperationError) {
    let axes = try NormalizedAxes(x, axes, [("a scale", scale)], operation: "rmsNorm")
    let wide = widened(x)
    let meanSquare = square(wide).mean(alongAxes: axes.positions, keepingAxes: true)
    let factor = shift == 0 ? scale : scale.map { widened($0) + shift }
    return axes.scaled(wide * rsqrt(meanSquare + epsilon), factor, nil).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}
