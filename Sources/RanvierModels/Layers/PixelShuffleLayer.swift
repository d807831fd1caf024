internal import RanvierFunctions
internal import RanvierTensors

/// Blocks of channels as blocks of positions, or the other way round.
package struct PixelShuffleLayer: Layer {
  package let factor: Int
  package let isInverse: Bool

  package var operation: String { isInverse ? "pixel_unshuffle" : "pixel_shuffle" }
  package var options: [LayerOption] { [LayerOption("factor", factor)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let channels = try inputs[0].shape.channels()
    // Open sizes are taken to be divisible; data show whether they are.
    let openSize = min(max(factor, 1), 1 << 16)
    let output = try inputs[0].spatialOutput(openSize: openSize) { shuffled($0[0]) }
    guard channels > 0 else {
      throw LayerProblem("at least one channel", got: "\(inputs[0].shape)")
    }
    return LayerSignature(output.shape, elementType: output.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(shuffled(call.input)) }

  private func shuffled(_ x: Tensor) -> Tensor {
    isInverse
      ? RanvierFunctions.pixelUnshuffle(x, factor: factor)
      : RanvierFunctions.pixelShuffle(x, factor: factor)
  }
}

extension Model {
  /// Blocks of channels laid out as blocks of positions, in PyTorch's order.
  ///
  /// - Shapes: input `[batch, spatial..., channels * factor^axes]`, output
  ///   `[batch, spatial * factor..., channels]`.
  public func pixelShuffle(
    _ factor: Int = 2, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(PixelShuffleLayer(factor: factor, isInverse: false), name: name, file, line)
  }

  /// Blocks of positions laid out as blocks of channels: the inverse of ``pixelShuffle(_:name:file:line:)``.
  ///
  /// - Shapes: input `[batch, spatial * factor..., channels]`, output
  ///   `[batch, spatial..., channels * factor^axes]`.
  public func pixelUnshuffle(
    _ factor: Int = 2, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(PixelShuffleLayer(factor: factor, isInverse: true), name: name, file, line)
  }
}
