internal import RanvierCompilation
internal import RanvierFunctions
public import RanvierTensors

/// What a model is built for: ``InferenceMode`` or ``TrainingMode``.
public protocol BuildMode: Sendable {
  /// What a call of the built model gives.
  associatedtype Result: Sendable
}

/// Prediction: dropout is off, normalization uses its running statistics.
public struct InferenceMode: BuildMode {
  public typealias Result = Tensor
}

/// Training: dropout is on, normalization uses the batch, and layer state changes.
public struct TrainingMode: BuildMode {
  public typealias Result = TrainingResult
}

extension BuildMode where Self == InferenceMode {
  /// Builds for prediction.
  public static var inference: InferenceMode { InferenceMode() }
}

extension BuildMode where Self == TrainingMode {
  /// Builds for training.
  public static var training: TrainingMode { TrainingMode() }
}

/// What a model computes in training mode.
public struct TrainingResult: TensorTree {
  /// The model's output.
  public var output: Tensor
  /// The layer state after the call.
  public var layerState: Parameters

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> TrainingResult {
    TrainingResult(output: try transform(output), layerState: try layerState.mapTensors(transform))
  }
}

extension Model {
  /// Compiles the model for prediction into two pure functions over an explicit state.
  ///
  /// - Parameter precision: The types of numbers in which the layers compute.
  /// - Throws: ``BuildError`` that lists everything that is wrong.
  public func build(precision: Precision = .full) throws(BuildError) -> (
    initialize: Initialize, predict: Predict<InferenceMode>
  ) {
    try build(mode: .inference, precision: precision)
  }

  /// Compiles the model into two pure functions over an explicit state.
  ///
  /// `initialize` makes the first state from a seed, and is the same in both modes. `predict` maps
  /// state and inputs to the output; in training mode also to the new layer state.
  ///
  /// - Parameters:
  ///   - mode: What the model is built for.
  ///   - precision: The types of numbers in which the layers compute. Parameters and outputs have
  ///     the same types in every precision.
  /// - Throws: ``BuildError`` that lists everything that is wrong.
  public func build<Mode: BuildMode>(
    mode: Mode, precision: Precision = .full
  ) throws(BuildError) -> (initialize: Initialize, predict: Predict<Mode>) {
    let resolved = try ResolvedModel(self, precision: precision)
    return (Initialize(model: resolved), Predict(model: resolved))
  }
}

/// Makes the first state of a model.
public struct Initialize: Sendable {
  let model: ResolvedModel

  /// The state drawn from a seed: the same seed gives the same state, in every mode.
  public func callAsFunction(seed: UInt64) throws -> ModelState {
    try self(key: RandomKey(seed: seed))
  }

  /// The state drawn from a key; each parameter's own key is derived from its path.
  public func callAsFunction(key: RandomKey) throws -> ModelState {
    func values(_ declared: [(path: String, declaration: ParameterDeclaration)]) throws
      -> Parameters
    {
      var result = Parameters()
      for (path, declaration) in declared {
        let value = declaration.initializer(
          declaration.shape, key: key.derived(path), elementType: declaration.elementType,
          layout: declaration.layout)
        if let error = value.error {
          throw ModelError(path: path, rule: error.rule, got: error.got, hint: error.hint)
        }
        guard value.type == declaration.type else {
          throw ModelError(
            path: path, rule: "an initializer that gives \(declaration.type)", got: "\(value.type)")
        }
        result[path] = value
      }
      return result
    }
    return ModelState(parameters: try values(model.parameters), layerState: try values(model.state))
  }
}

/// A built model's function from state and inputs to outputs.
///
/// It may be called from several threads at once. Each new batch size is planned once.
public struct Predict<Mode: BuildMode>: Sendable {
  fileprivate let inference: CompiledFunction<Tensor, Parameters, Parameters, Parameters>
  fileprivate let names: InputNames
  fileprivate let training:
    CompiledFunction<TrainingResult, Parameters, Parameters, Parameters, RandomKey>

  init(model: ResolvedModel) {
    names = InputNames(model)
    inference = compile { (parameters: Parameters, state: Parameters, inputs: Parameters) in
      try model.forward(
        parameters: parameters, state: state, inputs: inputs, isTraining: false, key: nil
      ).output
    }
    training = compile {
      (parameters: Parameters, state: Parameters, inputs: Parameters, key: RandomKey) in
      let outcome = try model.forward(
        parameters: parameters, state: state, inputs: inputs, isTraining: true, key: key)
      return TrainingResult(output: outcome.output, layerState: outcome.state)
    }
  }
}

extension Predict where Mode == InferenceMode {
  /// The output for the only input.
  ///
  /// - Throws: ``ModelError`` if the input or the state does not fit the model.
  public func callAsFunction(_ state: ModelState, _ input: Tensor) throws -> Tensor {
    try self(state, names.naming(input))
  }

  /// The output for several inputs by name.
  public func callAsFunction(_ state: ModelState, _ inputs: Parameters) throws -> Tensor {
    try inputs.checkValid()
    return try state.reportingInvalidTensors {
      try inference(state.parameters, state.layerState, inputs)
    }
  }
}

extension Predict where Mode == TrainingMode {
  /// The output and new layer state for the only input.
  ///
  /// - Parameter key: The source of dropout and other noise.
  public func callAsFunction(
    _ state: ModelState, _ input: Tensor, key: RandomKey
  ) throws -> TrainingResult {
    try self(state, names.naming(input), key: key)
  }

  /// The output and new layer state for several inputs by name.
  public func callAsFunction(
    _ state: ModelState, _ inputs: Parameters, key: RandomKey
  ) throws -> TrainingResult {
    try inputs.checkValid()
    return try state.reportingInvalidTensors {
      try training(state.parameters, state.layerState, inputs, key)
    }
  }
}

extension ModelState {
  /// Names the path of an invalid tensor if there is one; looked for only when something fails.
  fileprivate func reportingInvalidTensors<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as OperationError {
      try parameters.checkValid()
      try layerState.checkValid()
      throw error
    }
  }
}
