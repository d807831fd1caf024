internal import RanvierFunctions
internal import RanvierTensors

/// Random zeros while training.
package struct DropoutLayer: Layer {
  package let rate: Double

  package var operation: String { "dropout" }
  package var options: [LayerOption] { [LayerOption("rate", rate)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard (0 ..< 1).contains(rate) else {
      throw LayerProblem(
        "a rate in 0 ..< 1", got: "\(rate)", hint: "the rate is the share that is dropped")
    }
    try inputs[0].checkFloatingPoint()
    return LayerSignature(inputs[0].shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    guard let key = call.key else { return LayerResult(call.input) }
    return LayerResult(RanvierFunctions.dropout(call.input, rate: rate, key: key))
  }
}

extension Model {
  /// Sets random values to 0 while training, and scales the others by `1 / (1 - rate)`; does
  /// nothing in prediction.
  ///
  /// - Shapes: output as input.
  /// - Source: Srivastava et al. 2014.
  public func dropout(
    rate: Double = 0.5, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(DropoutLayer(rate: rate), name: name, file, line)
  }
}
