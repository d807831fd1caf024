internal import RanvierFunctions
internal import RanvierTensors

/// Each channel divided by the activity of the channels around it.
package struct LocalResponseNormLayer: Layer {
  package let size: Int
  package let alpha: Double
  package let beta: Double
  package let bias: Double

  package var operation: String { "local_response_norm" }
  package var options: [LayerOption] {
    [
      LayerOption("size", size), LayerOption("alpha", alpha), LayerOption("beta", beta),
      LayerOption("bias", bias),
    ]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    _ = try inputs[0].knownChannels()
    guard size > 0, alpha.isFinite, beta.isFinite, bias.isFinite else {
      throw LayerProblem(
        "a positive size and finite numbers",
        got: "size \(size), alpha \(alpha), beta \(beta), bias \(bias)")
    }
    return LayerSignature(inputs[0].shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      RanvierFunctions.localResponseNorm(
        call.input, size: size, alpha: alpha, beta: beta, bias: bias))
  }
}

extension Model {
  /// Divides each channel by the activity of the channels around it: `x / (bias + alpha / size *
  /// sum)^beta` with the sum of the squares of `size` channels.
  ///
  /// - Shapes: input `[batch, ..., channels]`, output as input.
  /// - Note: PyTorch's formula; `alpha` of TensorFlow and Bender is `alpha / size` here.
  /// - Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3.
  public func localResponseNorm(
    size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, bias: Double = 1,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      LocalResponseNormLayer(size: size, alpha: alpha, beta: beta, bias: bias), name: name, file,
      line)
  }
}
