internal import RanvierTensors

/// Which integers count.
package struct MaskLayer: Layer {
  package let token: Int

  package var operation: String { "mask" }
  package var options: [LayerOption] { [LayerOption("token", token)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard inputs[0].elementType.isInteger else {
      throw LayerProblem(
        "integers", got: "\(inputs[0])", hint: "declare the input with elementType: .int32")
    }
    return LayerSignature(inputs[0].shape, elementType: .bool)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(notEqual(call.input, token))
  }
}

extension Model {
  /// Where integers are not a token that stands for nothing: the mask that layers of sequences take.
  ///
  ///     let counts = tokens.mask(token: 0)
  ///
  /// - Shapes: input of integers, output of bools as input; true where steps count.
  /// - Note: Axon's mask is the opposite: 1 where steps are ignored.
  public func mask(
    token: Int, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(MaskLayer(token: token), name: name, file, line)
  }
}
