public import RanvierTensors

/// A recipe for changing parameters by their gradients: a gradient transform with a name and options to show.
///
///     let optimizer = Optimizer.adam(learningRate: .cosineDecay(initial: 1e-3, steps: 10_000))
///       .preceded(by: .clipByGlobalNorm(1))
///     var state = optimizer.initialize(parameters)
///     (parameters, state) = optimizer.update(parameters: parameters, gradients: gradients, state: state)
public struct Optimizer: Sendable {
  /// The name of the recipe.
  public let name: String
  /// The options as text, for printing.
  public let options: KeyValuePairs<String, String>
  /// What makes updates of gradients; the sign is such that updates are added.
  public let transform: GradientTransform

  /// Creates an optimizer from a transform whose updates are added to parameters.
  public init(
    _ name: String, options: KeyValuePairs<String, String> = [:], transform: GradientTransform
  ) {
    self.name = name
    self.options = options
    self.transform = transform
  }

  /// An optimizer of your own: a transform whose updates are added to parameters.
  public static func custom(_ name: String, _ transform: GradientTransform) -> Optimizer {
    Optimizer(name, transform: transform)
  }

  /// The same optimizer, fed with gradients that other transforms have changed first.
  public func preceded(by transforms: GradientTransform...) -> Optimizer {
    Optimizer(name, options: options, transform: .chained(transforms + [transform]))
  }

  /// The state before the first step.
  ///
  /// - Parameter parameters: The parameters that will have gradients: without frozen ones.
  public func initialize(_ parameters: Parameters) -> Parameters {
    transform.initialize(parameters)
  }

  /// One step: `parameters + updates`.
  ///
  /// Updates are added in the wider of both types, and the sums rounded to the parameters' types.
  /// Parameters without a gradient stay as they are. A gradient without a parameter, or of another shape than its
  /// parameter, and a state of another optimizer give invalid tensors.
  ///
  /// - Returns: Parameters and state with the paths, types and shapes of those given.
  public func update(
    parameters: Parameters, gradients: Parameters, state: Parameters
  ) -> (parameters: Parameters, state: Parameters) {
    let (updates, nextState) = transform.update(gradients, state, parameters)
    var nextParameters = parameters
    for (path, update) in updates {
      nextParameters[path] = sum(of: parameters[path], and: update, at: path)
    }
    return (nextParameters, nextState)
  }

  private func sum(of parameter: Tensor, and update: Tensor, at path: String) -> Tensor {
    if parameter.error != nil { return parameter }
    if update.error != nil { return update }
    guard parameter.shape == update.shape else {
      return Tensor(
        invalid: OperationError(
          operation: "\(name).update", rule: "gradients of their parameters' shapes",
          got: "\(update.shape) for `\(path)` of shape \(parameter.shape)"))
    }
    return (parameter + update).cast(to: parameter.elementType)
  }
}

extension Optimizer: CustomStringConvertible {
  /// Name and options, as in `adam(learningRate: 0.001)`.
  public var description: String {
    let options = options.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(name)(\(options))"
  }
}
