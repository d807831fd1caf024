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

/// The p-norm of each channel over all spatial positions.
///
/// `sum(|x|^p)^(1/p)`; `norm: .infinity` gives the largest magnitude. Derivatives are zero where
/// the norm is.
///
/// - Shapes: x `[batch, spatial..., channels]`; result `[batch, channels]`, or
///   `[batch, 1..., channels]` with `keepingAxes`.
public func globalLpPool(_ x: Tensor, norm: Double = 2, keepingAxes: Bool = false) -> Tensor {
  do throws(OperationError) {
    let axes = try x.spatialSizes("globalLpPool").indices.map { $0 + 1 }
    if let error = normError("globalLpPool", norm) { throw error }
    return x.norm(order: norm, alongAxes: axes, keepingAxes: keepingAxes).spelled("globalLpPool")
  } catch {
    return Tensor(invalid: error)
  }
}
