public import RanvierCompilation
public import RanvierTensors

extension Model {
  /// Compiles the model for prediction with the parameters of a state built in.
  ///
  ///     let predict = try model.build(baking: state)
  ///     let probabilities = try predict(images)
  ///
  /// What depends on parameters alone is computed when a batch size is first seen: batch
  /// normalization becomes part of the convolution before it, and weights are laid out as the
  /// kernels want them. Results equal those of ``build()``'s function up to rounding.
  ///
  /// - Parameters:
  ///   - state: The parameters and the layer state.
  ///   - precision: The types of numbers in which the layers compute.
  /// - Throws: ``BuildError`` that lists everything that is wrong with the model, and ``ModelError``
  ///   for a state that does not fit it.
  public func build(
    baking state: ModelState, precision: Precision = .full
  ) throws -> BakedPredict {
    let resolved = try ResolvedModel(self, precision: precision)
    try resolved.check(state)
    return BakedPredict(model: resolved, state: state)
  }
}

/// A built model's function from inputs to outputs, with parameters of its own.
///
/// It may be called from several threads at once. Each new batch size is planned once.
public struct BakedPredict: Sendable {
  private let function: CompiledFunction<Tensor, Parameters>
  private let names: InputNames

  init(model: ResolvedModel, state: ModelState) {
    names = InputNames(model)
    function = compile { (inputs: Parameters) in
      try model.forward(
        parameters: state.parameters, state: state.layerState, inputs: inputs, isTraining: false,
        key: nil
      ).output
    }
  }

  /// The output for the only input.
  ///
  /// - Throws: ``ModelError`` if the input does not fit the model.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try self(names.naming(input)) }

  /// The output for several inputs by name.
  public func callAsFunction(_ inputs: Parameters) throws -> Tensor {
    try inputs.checkValid()
    return try function(inputs)
  }

  /// What a call with such inputs runs, to be printed or profiled.
  public func plan(for input: Tensor) throws -> Plan { try plan(for: names.naming(input)) }

  /// What a call with such inputs runs, to be printed or profiled.
  public func plan(for inputs: Parameters) throws -> Plan { try function.plan(for: inputs) }
}
