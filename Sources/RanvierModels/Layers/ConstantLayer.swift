public import RanvierTensors

/// A value that is no input and not learnt.
package struct ConstantLayer: Layer {
  package let value: Tensor

  package var operation: String { "constant" }
  package var options: [LayerOption] { [LayerOption("value", value.type)] }

  package static func == (first: ConstantLayer, second: ConstantLayer) -> Bool {
    first.value.isConcrete && second.value.isConcrete && first.value == second.value
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(value.type) }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    if let error = value.error {
      throw LayerProblem("a valid tensor", got: "the result of a wrong operation: \(error)")
    }
    guard value.isConcrete else {
      throw LayerProblem("a tensor whose elements are known", got: "\(value.type)")
    }
    return LayerSignature(DynamicShape(value.shape), elementType: value.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(value) }
}

extension Model {
  /// A tensor that is neither an input nor learnt.
  ///
  ///     let mask = Model.constant(Tensor([1, 1, 0] as [Float]))
  ///     let y = Model.multiply(x, mask)
  ///
  /// - Shapes: output the tensor's; without a batch axis it broadcasts over the batch.
  public static func constant(
    _ value: Tensor, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      ConstantLayer(value: value), [], name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }

  /// A number, which broadcasts to any shape.
  public static func constant(
    _ value: Double, elementType: ElementType = .float32, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    constant(
      Tensor(value, elementType: elementType), name: name, file: file, line: line)
  }
}
