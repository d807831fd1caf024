internal import RanvierTensors

/// Elements with a mean of 0 and a variance of 1 along axes.
///
/// The derivative has a formula of its own, which takes fewer passes than that of the steps.
struct Standardization: Sendable {
  /// The axes, in order from the first.
  let axes: [Int]
  /// The number of parts of the last axis, each of which is by itself; more than one if the last
  /// axis is among the axes.
  let groups: Int
  let epsilon: Double

  func callAsFunction(_ x: Tensor) -> Tensor {
    withDerivative(of: statistics) { x, results, cotangents in
      let (normalized, inverse) = (results[0], results[1])
      let cotangent = cotangents[0]
      // One statistic serves all channels of a group.
      let copies = groups == 1 ? 1 : x.shape[-1] / groups
      let count = axes.map { x.shape[$0] }.reduce(1, *) / groups
      let ofInverse = mean(cotangents[1]) * inverse * (Double(copies) / Double(max(count, 1)))
      let along = mean(cotangent * normalized) + ofInverse
      return inverse * (cotangent - mean(cotangent) - normalized * along)
    }(x)[0]
  }

  /// The elements, and by what their distances from the mean were multiplied.
  @Sendable private func statistics(_ x: Tensor) -> [Tensor] {
    let center = mean(x)
    // The other way round than below: subtracting twice takes less time than keeping differences in
    // memory, which a difference that is needed twice would be.
    let inverse = rsqrt(mean(square(center - x)) + epsilon)
    return [(x - center) * inverse, inverse]
  }

  /// The mean along the axes, of each group by itself, with axes of size 1 or one number for each
  /// channel.
  private func mean(_ x: Tensor) -> Tensor {
    if groups == 1 { return x.mean(alongAxes: axes, keepingAxes: true) }
    // Channel by channel first, in the order of memory; then the few channels of each group.
    let channels = x.mean(alongAxes: axes.dropLast(), keepingAxes: true)
    let sizes = channels.shape.sizes.dropLast() + [groups, channels.shape[-1] / groups]
    let parts = channels.reshaped(to: Shape(Array(sizes)))
    return parts.mean(alongAxes: [-1], keepingAxes: true).broadcast(to: parts.shape)
      .reshaped(to: channels.shape)
  }
}

/// The elements with a mean of 0 and a variance of 1 along axes, in order from the first.
///
/// - Parameter groups: The number of parts of the last axis, each of which is by itself.
func standardized(_ x: Tensor, alongAxes axes: [Int], groups: Int = 1, epsilon: Double) -> Tensor {
  Standardization(axes: axes, groups: groups, epsilon: epsilon)(x)
}
