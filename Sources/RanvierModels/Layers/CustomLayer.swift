internal import RanvierFunctions
public import RanvierTensors

/// A layer given as a closure, under a registered name.
package struct CustomLayer: Layer {
  package let operation: String
  package let declarations: @Sendable ([Shape]) -> [ParameterDeclaration]
  package let function: @Sendable (LayerCall) -> Tensor

  // Closures cannot be compared; the name stands for what they do.
  package static func == (first: CustomLayer, second: CustomLayer) -> Bool {
    first.operation == second.operation
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(operation) }

  /// Shapes are found by recording the function on two batch sizes: sizes of the output that differ are open.
  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let outputs = [try probe(inputs, open: 3), try probe(inputs, open: 5)]
    guard outputs[0].shape.rank == outputs[1].shape.rank else {
      throw LayerProblem("an output whose rank does not depend on sizes", got: "\(outputs)")
    }
    let sizes = zip(outputs[0].shape.sizes, outputs[1].shape.sizes).map { $0 == $1 ? $0 : nil }
    let parameters = declarations(inputs.map { $0.shape.filled(with: 3) })
    let openParameters = declarations(inputs.map { $0.shape.filled(with: 5) })
    if let index = parameters.indices.first(where: { parameters[$0].shape != openParameters[$0].shape }) {
      throw LayerProblem(
        "parameters whose shapes do not depend on open sizes", got: "`\(parameters[index].name)`",
        hint: "state the size in input(shape:)")
    }
    return LayerSignature(
      DynamicShape(sizes), elementType: outputs[0].elementType, parameters: parameters)
  }

  private func probe(_ inputs: [LayerInput], open size: Int) throws(LayerProblem) -> TensorType {
    let trace = Trace(computes: false)
    defer { _ = trace.close() }
    let tensors = inputs.map { trace.input(TensorType($0.elementType, $0.shape.filled(with: size))) }
    var parameters = Parameters()
    for declaration in declarations(tensors.map(\.shape)) {
      parameters[declaration.name] = trace.input(declaration.type)
    }
    let key = RandomKey(words: trace.input(TensorType(.uint32, [2])))
    let call = LayerCall(
      inputs: tensors, parameters: parameters, state: Parameters(), isTraining: true, key: key)
    let output = Trace.$current.withValue(trace) { function(call) }
    if let error = output.error {
      throw LayerProblem(error.rule, got: error.got, hint: error.hint)
    }
    return output.type
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(function(call)) }
}

extension Model {
  /// A layer of your own: a function of the inputs' values and of parameters that it names.
  ///
  ///     let scaled = Model.layer("scale", x, parameters: [.init("factor", shape: [64], initializer: .ones)]) {
  ///       $0.input * $0.parameters["factor"]
  ///     }
  ///
  /// Output shapes are worked out by recording the function. Models compare custom layers by `operation`.
  public static func layer(
    _ operation: String, _ inputs: Model..., parameters: [ParameterDeclaration] = [],
    name: String? = nil, file: StaticString = #fileID, line: Int = #line,
    _ function: @escaping @Sendable (LayerCall) -> Tensor
  ) -> Model {
    Model(
      CustomLayer(operation: operation, declarations: { _ in parameters }, function: function),
      inputs, name: name, location: CodeLocation(file: "\(file)", line: line))
  }

  /// A layer of your own whose parameters' shapes depend on the inputs' shapes.
  public static func layer(
    _ operation: String, _ inputs: Model...,
    parameters: @escaping @Sendable (_ inputs: [Shape]) -> [ParameterDeclaration],
    name: String? = nil, file: StaticString = #fileID, line: Int = #line,
    _ function: @escaping @Sendable (LayerCall) -> Tensor
  ) -> Model {
    Model(
      CustomLayer(operation: operation, declarations: parameters, function: function), inputs,
      name: name, location: CodeLocation(file: "\(file)", line: line))
  }
}
