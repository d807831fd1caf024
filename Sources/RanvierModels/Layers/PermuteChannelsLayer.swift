internal import RanvierFunctions
internal import RanvierTensors

/// Channels in another order.
package struct PermuteChannelsLayer: Layer {
  package let order: [Int]

  package var operation: String { "permute_channels" }
  package var options: [LayerOption] { [LayerOption("order", order)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let shape = inputs[0].shape
    guard shape.rank >= 2, let channels = shape[-1], order.sorted() == Array(0 ..< channels) else {
      throw LayerProblem("an order of all channels, each once", got: "\(order) for \(shape)")
    }
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.permuteChannels(call.input, order: order))
  }
}

extension Model {
  /// Puts channels into another order: `[2, 1, 0, 3]` makes RGBA of BGRA.
  ///
  /// - Shapes: input `[batch, ..., channels]`, output as input.
  /// - Parameter order: For each channel of the output the one that it comes from, each once.
  public func permuteChannels(
    _ order: [Int], name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(PermuteChannelsLayer(order: order), name: name, file, line)
  }
}
