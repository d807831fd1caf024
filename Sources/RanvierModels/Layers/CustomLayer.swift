internal import RanvierFunctions
public import RanvierTensors

/// A layer given as a closure, under a registered name.
package struct CustomLayer: Layer {
  package let operation: String
  // A function of the user may need all digits.
  package var mixedPrecision: LayerPrecision { .wide }
  package let declarations: @Sendable ([Shape]) -> [ParameterDeclaration]
  package let function: @Sendable (LayerCall) -> Tensor

  /// The parameters, where they do not depend on the inputs.
  package let fixed: [ParameterDeclaration]?

  // Closures cannot be compared; the name stands for what they do.
  package static func == (first: CustomLayer, second: CustomLayer) -> Bool {
    first.operation == second.operation && first.fixed == second.fixed
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(operation)
    hasher.combine(fixed)
  }

  /// Shapes are found by recording the function on two batch sizes: sizes of the output that differ
  /// are open.
  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard !operation.isEmpty, !operation.contains(where: { $0 == "/" || $0.isNewline }) else {
      throw LayerProblem(
        "an operation name that is not empty and has no `/` or line break",
        got: "\"\(operation)\"")
    }
    let (small, large) = (inputs.map { $0.type() }, inputs.map { $0.type(openSize: 5) })
    let parameters = declarations(small.map(\.shape))
    guard parameters.map(\.type) == declarations(large.map(\.shape)).map(\.type) else {
      throw LayerProblem(
        "parameters whose shapes do not depend on open sizes",
        got: inputs.map(\.description).joined(separator: " and "),
        hint: "state the sizes in input(_:shape:)")
    }
    let first = try output(small, parameters, isTraining: true)
    let second = try output(large, parameters, isTraining: true)
    guard first.shape.rank == second.shape.rank else {
      throw LayerProblem(
        "an output whose rank does not depend on sizes", got: "\(first) and \(second)")
    }
    let predicted = try output(small, parameters, isTraining: false)
    guard predicted == first else {
      throw LayerProblem(
        "an output of one type in training and prediction", got: "\(first) and \(predicted)")
    }
    let sizes = zip(first.shape.sizes, second.shape.sizes).map { $0 == $1 ? $0 : nil }
    return LayerSignature(
      DynamicShape(sizes), elementType: first.elementType, parameters: parameters)
  }

  private func output(
    _ inputs: [TensorType], _ declared: [ParameterDeclaration], isTraining: Bool
  ) throws(LayerProblem) -> TensorType {
    let keyType = TensorType(.uint32, [2])
    return try recordedType(
      inputs + declared.map(\.type) + [keyType], isUsers: true
    ) { tensors in
      var parameters = Parameters()
      for (declaration, tensor) in zip(declared, tensors.dropFirst(inputs.count)) {
        parameters[declaration.name] = tensor
      }
      return function(
        LayerCall(
          inputs: Array(tensors.prefix(inputs.count)), parameters: parameters, state: [:],
          isTraining: isTraining,
          key: isTraining ? tensors.last.map { RandomKey(words: $0) } : nil))
    }
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(function(call)) }
}

extension Model {
  /// A layer of your own: a function of the inputs' values and of parameters that it names.
  ///
  ///     let factor = ParameterDeclaration("factor", shape: [64], initializer: .ones)
  ///     let scaled = Model.layer("scale", x, parameters: [factor]) {
  ///       $0.input * $0.parameters["factor"]
  ///     }
  ///
  /// Output shapes are worked out by recording the function when the model is built: it is called a
  /// few times, with values that are not known, and must give shapes that fit together. Models
  /// compare custom layers by `operation` and parameters.
  public static func layer(
    _ operation: String, _ inputs: Model..., parameters: [ParameterDeclaration] = [],
    name: String? = nil, file: StaticString = #fileID, line: Int = #line,
    _ function: @escaping @Sendable (LayerCall) -> Tensor
  ) -> Model {
    Model(
      CustomLayer(
        operation: operation, declarations: { _ in parameters }, function: function,
        fixed: parameters),
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
      CustomLayer(
        operation: operation, declarations: parameters, function: function, fixed: nil),
      inputs, name: name, location: CodeLocation(file: "\(file)", line: line))
  }
}
