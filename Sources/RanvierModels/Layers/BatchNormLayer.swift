public import RanvierFunctions
internal import RanvierTensors

/// Each channel normalized over the batch.
package struct BatchNormLayer: Layer {
  package let epsilon: Double
  package let running: RunningStatistics
  package let learnt: ScaleAndOffset

  package var operation: String { "batch_norm" }
  package var options: [LayerOption] {
    running.options + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)]) + learnt.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let channels = try inputs[0].knownChannels()
    try running.check(epsilon: epsilon)
    return LayerSignature(
      inputs[0].shape, elementType: inputs[0].elementType,
      parameters: learnt.declarations([channels]), state: running.declarations(channels: channels))
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let (scale, offset) = (learnt.scale(call), learnt.offset(call))
    guard call.isTraining else {
      return LayerResult(
        RanvierFunctions.batchNorm(
          call.input, scale: scale, offset: offset, mean: call.state["mean"],
          variance: call.state["variance"], epsilon: epsilon))
    }
    let batch = batchNormTraining(call.input, scale: scale, offset: offset, epsilon: epsilon)
    let count = call.input.shape.sizes.dropLast().reduce(1, *)
    return LayerResult(
      batch.output,
      state: running.updated(call, mean: batch.mean, variance: batch.variance, of: count))
  }
}

extension Model {
  /// Normalizes each channel over the batch: `(x - mean) / sqrt(variance + epsilon) * scale +
  /// offset`.
  ///
  /// Training uses the batch's own statistics and keeps running ones, `momentum * old + (1 -
  /// momentum) * batch`, for prediction.
  ///
  /// - Shapes: input `[batch, ..., channels]`, output as input.
  /// - Parameters:
  ///   - epsilon: Keeps the quotient finite for a variance of 0.
  ///   - momentum: The weight of the old running value, as in Keras. PyTorch calls the weight of the
  ///     new value momentum: its 0.1 is our 0.9. Axon's default is `0.1`.
  ///   - runningVariance: Which variance is kept: biased as in the paper and in Axon, or unbiased as
  ///     in PyTorch.
  ///   - scaleInitializer: How the scale begins; nil for none.
  ///   - offsetInitializer: How the offset begins; nil for none.
  /// - Parameters of the layer: `scale [channels]`, `offset [channels]`; state `mean [channels]`,
  ///   `variance [channels]`.
  /// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
  public func batchNorm(
    epsilon: Double = 1e-5, momentum: Double = 0.9, runningVariance: VarianceEstimate = .biased,
    scaleInitializer: Initializer? = .ones, offsetInitializer: Initializer? = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      BatchNormLayer(
        epsilon: epsilon,
        running: RunningStatistics(momentum: momentum, variance: runningVariance),
        learnt: ScaleAndOffset(scale: scaleInitializer, offset: offsetInitializer)),
      name: name, file, line)
  }
}
