public import RanvierTensors

/// A recipe for changing parameters by their gradients: a gradient transform with a name and
/// options to show.
///
///     let optimizer = Optimizer.adam(learningRate: .cosineDecay(initial: 1e-3, steps: 10_000))
///       .preceded(by: .clipByGlobalNorm(1))
///     var state = optimizer.initialize(parameters)
///     (parameters, state) = optimizer.update(
///       parameters: parameters, gradients: gradients, state: state)
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
  /// Parameters without a gradient stay as they are. A gradient without a parameter, or of another
  /// shape than its parameter, and a state of another optimizer give invalid tensors.
  ///
  /// - Returns: Parameters and state with the paths, types and shapes of those given.
  public func update(
    parameters: Parameters, gradients: Parameters, state: Parameters
  ) -> (parameters: Parameters, state: Parameters) {
    var checked = gradients
    for (path, gradient) in gradients {
      checked[path] = requireShape(of: parameters[path], gradient, "gradients", at: path)
    }
    let (updates, nextState) = transform.update(checked, state, parameters)
    var nextParameters = parameters
    for (path, update) in updates {
      let parameter = parameters[path]
      let fitting = requireShape(of: parameter, update, "updates", at: path)
      nextParameters[path] =
        fitting.error == nil ? (parameter + fitting).cast(to: parameter.elementType) : fitting
    }
    return (nextParameters, nextState)
  }

  /// The tensor if it fits its parameter; broadcasting one that does not would hide a mistake.
  private func requireShape(
    of parameter: Tensor, _ tensor: Tensor, _ what: String, at path: String
  ) -> Tensor {
    if parameter.error != nil { return parameter }
    if tensor.error != nil || tensor.shape == parameter.shape { return tensor }
    return Tensor(
      invalid: OperationError(
        operation: "\(name).update", rule: "\(what) of their parameters' shapes",
        got: "\(tensor.shape) for `\(path)` of shape \(parameter.shape)"))
  }
}

extension Optimizer: CustomStringConvertible {
  /// Name and options, as in `adam(learningRate: 0.001)`.
  public var description: String {
    let options = options.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(name)(\(options))"
  }
}
