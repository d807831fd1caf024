extension Tensor {
  /// The mean of the elements along axes (all by default), each counted by its weight:
  /// `sum(w * x) / sum(w)`.
  ///
  /// Integers are averaged in `f32`, elements of 16 bits too. Weights whose sum is zero give
  /// not-a-number or infinity.
  ///
  /// - Parameter weights: Numbers that broadcast to the tensor's shape.
  public func mean(
    weights: Tensor, alongAxes axes: [Int]? = nil, keepingAxes: Bool = false
  ) -> Tensor {
    if let error = error ?? weights.error { return Tensor(invalid: error) }
    guard Shape.broadcast(weights.shape, shape) == shape else {
      return Tensor(
        invalid: OperationError(
          operation: "mean(weights:)", rule: "weights that broadcast to shape \(shape)",
          got: "\(weights.shape)"))
    }
    let type: ElementType = elementType == .float64 ? .float64 : .float32
    let factors = weights.cast(to: type).broadcast(to: shape)
    func sum(_ x: Tensor) -> Tensor { x.sum(alongAxes: axes, keepingAxes: keepingAxes) }
    let mean = sum(cast(to: type) * factors) / sum(factors)
    return (elementType.isFloatingPoint ? mean.cast(to: elementType) : mean)
      .spelled("mean(weights:)")
  }

  /// How the variables of a sample vary together: `sum((x - mean)^T (x - mean)) / (n - correction)`.
  ///
  /// Integers give `f32`.
  ///
  /// - Parameter correction: Subtracted from the number of observations in the denominator: 1 gives
  ///   the unbiased estimate, 0 the covariance of the observations themselves.
  /// - Shapes: `[observations, variables]` gives `[variables, variables]`; further first axes are
  ///   kept.
  public func covariance(correction: Int = 1) -> Tensor {
    if error != nil { return self }
    guard rank >= 2 else {
      return Tensor(
        invalid: OperationError(
          operation: "covariance()", rule: "axes of observations and variables",
          got: "shape \(shape)"))
    }
    if elementType == .float16 || elementType == .bfloat16 {
      return cast(to: .float32).covariance(correction: correction).cast(to: elementType)
    }
    let distance = self - mean(alongAxes: [-2], keepingAxes: true)
    return matmul(distance.swappedAxes(-2, -1), distance)
      / (Double(shape[-2]) - Double(correction))
  }

  /// How far the variables of a sample vary together, whatever their units: the covariance divided
  /// by both standard deviations, from -1 to 1.
  ///
  /// A variable that does not vary gives not-a-number.
  ///
  /// - Shapes: `[observations, variables]` gives `[variables, variables]`; further first axes are
  ///   kept.
  public func correlation() -> Tensor {
    if error != nil { return self }
    guard rank >= 2 else {
      return Tensor(
        invalid: OperationError(
          operation: "correlation()", rule: "axes of observations and variables",
          got: "shape \(shape)"))
    }
    if elementType == .float16 || elementType == .bfloat16 {
      return cast(to: .float32).correlation().cast(to: elementType)
    }
    let distance = self - mean(alongAxes: [-2], keepingAxes: true)
    let lengths = sqrt((distance * distance).sum(alongAxes: [-2], keepingAxes: true))
    let unit = distance / lengths
    // Rounding must not leave the interval.
    return clamp(matmul(unit.swappedAxes(-2, -1), unit), -1, 1)
  }
}
