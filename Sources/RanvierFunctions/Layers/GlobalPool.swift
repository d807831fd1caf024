public import RanvierTensors

/// The mean of each channel over all spatial positions.
///
/// - Shapes: x `[batch, spatial..., channels]`; result `[batch, channels]`, or
///   `[batch, 1..., channels]` with `keepingAxes`.
public func globalAveragePool(_ x: Tensor, keepingAxes: Bool = false) -> Tensor {
  do {
    let axes = try x.spatialSizes("globalAveragePool").indices.map { $0 + 1 }
    return x.mean(alongAxes: axes, keepingAxes: keepingAxes).spelled("globalAveragePool")
  } catch {
    return Tensor(invalid: error)
  }
}

/// The largest element of each channel over all spatial positions.
///
/// - Shapes: x `[batch, spatial..., channels]`; result `[batch, channels]`, or
///   `[batch, 1..., channels]` with `keepingAxes`.
public func globalMaxPool(_ x: Tensor, keepingAxes: Bool = false) -> Tensor {
  do {
    let axes = try x.spatialSizes("globalMaxPool").indices.map { $0 + 1 }
    return x.max(alongAxes: axes, keepingAxes: keepingAxes).spelled("globalMaxPool")
  } catch {
    return Tensor(invalid: error)
  }
}
