extension RandomKey {
  /// Numbers of the standard Gumbel distribution: `-log(-log(u))` of uniform u.
  ///
  /// The largest of several numbers after adding one of these to each is the n-th with the
  /// probability that softmax gives it; see ``categorical(logits:alongAxis:sampleShape:)``. Numbers
  /// equal JAX's, up to rounding of the logarithms.
  public func gumbel(_ shape: Shape, elementType: ElementType = .float32) -> Tensor {
    if let invalid = RandomKey.wrongType("gumbel", elementType, shape) { return invalid }
    let type = elementType == .float64 ? elementType : .float32
    // The smallest normal number instead of 0 keeps the logarithm finite.
    let least =
      type == .float64
      ? Double.leastNormalMagnitude : Double(Float.leastNormalMagnitude)
    return (-log(-log(uniform(shape, from: least, to: 1, elementType: type))))
      .cast(to: elementType).spelled("gumbel", words)
  }

  /// Positions (i32) along an axis, drawn with the probabilities that softmax gives them.
  ///
  ///     P(result = i) = exp(logits[i]) / sum over j of exp(logits[j])
  ///
  /// A logit of minus infinity is never drawn, unless there are no others. Where a logit is
  /// not-a-number, the first such is. Draws equal JAX's for `f32`.
  ///
  /// - Parameters:
  ///   - logits: Logarithms of probabilities, up to a constant.
  ///   - axis: The axis of the categories.
  ///   - sampleShape: Leading axes of independent draws; by default there is one draw.
  /// - Shapes: logits `[..., n, ...]`; result `[sampleShape..., ..., ...]` without the axis.
  public func categorical(
    logits: Tensor, alongAxis axis: Int = -1, sampleShape: Shape = []
  ) -> Tensor {
    do throws(OperationError) {
      let axis = try logits.normalizedAxes([axis], operation: "categorical(logits:alongAxis:)")[0]
      let numbers = logits.elementType.isFloatingPoint ? logits : logits.cast(to: .float32)
      let shape = Shape(sampleShape.sizes + logits.shape.sizes)
      let noise = gumbel(shape, elementType: numbers.elementType)
      return (noise + numbers).argmax(alongAxis: sampleShape.rank + axis)
        .spelled("categorical(logits:alongAxis:)", words)
    } catch {
      return Tensor(invalid: error)
    }
  }
}
