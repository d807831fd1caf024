public import RanvierFunctions
internal import RanvierTensors

/// Each channel of each example normalized over its positions.
package struct InstanceNormLayer: Layer {
  package let epsilon: Double
  /// How statistics are kept for prediction, if they are.
  package let running: RunningStatistics?
  package let learnt: ScaleAndOffset

  package var operation: String { "instance_norm" }
  package var options: [LayerOption] {
    (running.map { [LayerOption("running statistics", true)] + $0.options } ?? [])
      + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)]) + learnt.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let channels = try inputs[0].knownChannels()
    _ = try inputs[0].shape.spatialAxes()
    let unused = RunningStatistics(momentum: 0, variance: .biased)
    try (running ?? unused).check(epsilon: epsilon)
    return LayerSignature(
      inputs[0].shape, elementType: inputs[0].elementType,
      parameters: learnt.declarations([channels]),
      state: running?.declarations(channels: channels) ?? [])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let (scale, offset) = (learnt.scale(call), learnt.offset(call))
    guard let running else {
      return LayerResult(
        RanvierFunctions.instanceNorm(call.input, scale: scale, offset: offset, epsilon: epsilon))
    }
    guard call.isTraining else {
      return LayerResult(
        RanvierFunctions.batchNorm(
          call.input, scale: scale, offset: offset, mean: call.state["mean"],
          variance: call.state["variance"], epsilon: epsilon))
    }
    let batch = instanceNormTraining(call.input, scale: scale, offset: offset, epsilon: epsilon)
    let count = call.input.shape.sizes.dropFirst().dropLast().reduce(1, *)
    return LayerResult(
      batch.output,
      state: running.updated(call, mean: batch.mean, variance: batch.variance, of: count))
  }
}

extension Model {
  /// Normalizes each channel of each example over its positions: `(x - mean) / sqrt(variance +
  /// epsilon) * scale + offset`.
  ///
  /// Training and prediction are the same, unless running statistics are asked for: then prediction
  /// uses them, as a batch norm does. They are the examples' statistics, averaged over the batch.
  ///
  /// - Shapes: input `[batch, spatial..., channels]` with 1 to 3 spatial axes, output as input.
  /// - Parameters:
  ///   - epsilon: Keeps the quotient finite for a variance of 0.
  ///   - runningStatistics: Whether prediction uses statistics of training.
  ///   - momentum: The weight of the old running value.
  ///   - runningVariance: Which variance of an example is kept.
  ///   - scaleInitializer: How the scale begins; nil for none.
  ///   - offsetInitializer: How the offset begins; nil for none.
  /// - Parameters of the layer: `scale [channels]`, `offset [channels]`; with running statistics
  ///   state `mean [channels]` and `variance [channels]`.
  /// - Source: Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022.
  public func instanceNorm(
    epsilon: Double = 1e-5, runningStatistics: Bool = false, momentum: Double = 0.9,
    runningVariance: VarianceEstimate = .biased, scaleInitializer: Initializer? = .ones,
    offsetInitializer: Initializer? = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    let running = RunningStatistics(momentum: momentum, variance: runningVariance)
    return adding(
      InstanceNormLayer(
        epsilon: epsilon, running: runningStatistics ? running : nil,
        learnt: ScaleAndOffset(scale: scaleInitializer, offset: offsetInitializer)),
      name: name, file, line)
  }
}
