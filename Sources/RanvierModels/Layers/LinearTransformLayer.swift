internal import RanvierFunctions
internal import RanvierTensors

/// `x * scale + shift`.
package struct LinearTransformLayer: Layer {
  package let scale: Double
  package let shift: Double

  package var operation: String { "linear_transform" }
  package var options: [LayerOption] {
    [LayerOption("scale", scale), LayerOption("shift", shift)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let (scale, shift) = (scale, shift)
    let result = try recordedType([TensorType(inputs[0].elementType, [])]) {
      RanvierFunctions.linearTransform($0[0], scale: scale, shift: shift)
    }
    return LayerSignature(inputs[0].shape, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.linearTransform(call.input, scale: scale, shift: shift))
  }
}

extension Model {
  /// Multiplies by a number and adds one: `x * scale + shift`.
  ///
  ///     let x = Model.input(shape: [nil, 28, 28, 1], elementType: .uint8)
  ///       .linearTransform(scale: 1 / 255, shift: 0)
  ///
  /// - Shapes: output as input; integers become `f32`.
  public func linearTransform(
    scale: Double = 0.5, shift: Double = 0.5, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(LinearTransformLayer(scale: scale, shift: shift), name: name, file, line)
  }
}
