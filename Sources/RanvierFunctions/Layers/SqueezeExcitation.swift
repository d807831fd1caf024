public import RanvierTensors

/// Weighs the channels of each example by what all of its positions say together.
///
/// `x * gate(activation(mean(x) · squeezeKernel + squeezeBias) · exciteKernel + exciteBias)` with
/// the mean over all positions.
///
/// - Shapes: x `[batch, spatial..., channels]`, squeeze kernel `[channels, units]`, squeeze bias
///   `[units]`, excite kernel `[units, channels]`, excite bias `[channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - squeezeKernel: Brings the channels' means to fewer units.
///   - squeezeBias: Added to these.
///   - exciteKernel: Brings the units to a weight for each channel.
///   - exciteBias: Added to these.
///   - activation: Applied to the units.
///   - gate: Applied to the weights.
/// - Source: Hu, Shen & Sun 2017, arXiv:1709.01507.
public func squeezeExcitation(
  _ x: Tensor, squeezeKernel: Tensor, squeezeBias: Tensor? = nil, exciteKernel: Tensor,
  exciteBias: Tensor? = nil, activation: Activation = .relu, gate: Activation = .sigmoid
) -> Tensor {
  let operation = "squeezeExcitation"
  do throws(OperationError) {
    let axes = try x.spatialSizes(operation).count
    if let error = squeezeKernel.error ?? exciteKernel.error { throw error }
    guard squeezeKernel.rank == 2, squeezeKernel.shape[0] == x.shape[-1],
      exciteKernel.shape == [squeezeKernel.shape[1], x.shape[-1]]
    else {
      throw OperationError(
        operation: operation,
        rule: "x [batch, spatial..., channels], kernels [channels, units] and [units, channels]",
        got: "x \(x.shape), kernels \(squeezeKernel.shape) and \(exciteKernel.shape)")
    }
    let squeezed = activation(dense(globalAveragePool(x), squeezeKernel, squeezeBias))
    let weights = gate(dense(squeezed, exciteKernel, exciteBias)).spelled(
      operation, squeezeBias ?? x, exciteBias ?? x)
    let ones = [Int](repeating: 1, count: axes)
    if weights.error != nil { return weights }
    return x * weights.reshaped(to: Shape([x.shape[0]] + ones + [x.shape[-1]]))
  } catch {
    return Tensor(invalid: error)
  }
}
