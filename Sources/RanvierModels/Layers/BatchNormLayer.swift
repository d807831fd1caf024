internal import RanvierFunctions
internal import RanvierTensors

/// Each channel normalized over the batch.
package struct BatchNormLayer: Layer {
  package let epsilon: Double
  package let momentum: Double

  package var operation: String { "batch_norm" }
  package var options: [LayerOption] {
    (momentum == 0.9 ? [] : [LayerOption("momentum", momentum)])
      + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    try inputs[0].checkFloatingPoint()
    guard input.rank >= 2, let channels = input[-1] else {
      throw LayerProblem("an input [batch, ..., channels] with known channels", got: "\(input)")
    }
    guard epsilon > 0, (0 ..< 1).contains(momentum) else {
      throw LayerProblem(
        "a positive epsilon and a momentum in 0 ..< 1",
        got: "epsilon \(epsilon), momentum \(momentum)")
    }
    func vector(_ name: String, _ initializer: Initializer) -> ParameterDeclaration {
      ParameterDeclaration(name, shape: [channels], initializer: initializer)
    }
    return LayerSignature(
      input, elementType: inputs[0].elementType,
      parameters: [vector("scale", .ones), vector("offset", .zeros)],
      state: [vector("mean", .zeros), vector("variance", .ones)])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let (scale, offset) = (call.parameters["scale"], call.parameters["offset"])
    let (mean, variance) = (call.state["mean"], call.state["variance"])
    guard call.isTraining else {
      return LayerResult(
        RanvierFunctions.batchNorm(
          call.input, scale: scale, offset: offset, mean: mean, variance: variance, epsilon: epsilon
        ))
    }
    let batch = batchNormTraining(call.input, scale: scale, offset: offset, epsilon: epsilon)
    return LayerResult(
      batch.output,
      state: [
        "mean": updatedRunningStatistic(mean, with: batch.mean, momentum: momentum),
        "variance": updatedRunningStatistic(variance, with: batch.variance, momentum: momentum),
      ])
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
  /// - Parameters of the layer: `scale [channels]`, `offset [channels]`; state `mean`, `variance`.
  /// - Note: The running variance is the biased one, as in the paper; PyTorch stores the unbiased
  ///   one, and calls the weight of the new value momentum.
  /// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
  public func batchNorm(
    epsilon: Double = 1e-5, momentum: Double = 0.9, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(BatchNormLayer(epsilon: epsilon, momentum: momentum), name: name, file, line)
  }
}
