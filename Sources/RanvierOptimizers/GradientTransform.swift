public import RanvierTensors

/// One step from gradients towards updates of parameters: clipping, momentum, scaling by a rate.
///
/// A transform is two pure functions of named tensors. It never reads a tensor's elements, and all
/// that it remembers from step to step is in its state, so the same transform runs eagerly and as
/// part of a compiled training step. ``chained(_:)-(GradientTransform...)`` joins several.
///
///     let transform = GradientTransform.chained(
///       .clipByGlobalNorm(1), .scaleByAdam(),
///       .scaleByLearningRate(.cosineDecay(initial: 0.01, steps: 1000)))
public struct GradientTransform: Sendable {
  /// The name under which a chain keeps the transform's state; a chain numbers those without one.
  public let name: String

  /// The state before the first step, made from the parameters that are to be updated.
  ///
  /// Only the parameters' types and shapes are used.
  public let initialize: @Sendable (_ parameters: Parameters) -> Parameters

  /// The updates for gradients, and the state for the next step.
  ///
  /// Updates have the paths and shapes of the gradients. Parameters without a gradient do not
  /// matter.
  public let update:
    @Sendable (_ gradients: Parameters, _ state: Parameters, _ parameters: Parameters) -> (
      updates: Parameters, state: Parameters
    )

  /// The transforms of a chain, in order; none unless this is a chain.
  let links: [GradientTransform]?

  /// Creates a transform from its two functions.
  ///
  /// - Parameters:
  ///   - name: Under which a chain keeps the state; may be empty.
  ///   - initialize: Makes the state. Counters are i32 scalars.
  ///   - update: Gives updates and the next state, which has the paths, types and shapes of the old
  ///     one in the same order.
  public init(
    name: String = "",
    initialize: @escaping @Sendable (_ parameters: Parameters) -> Parameters,
    update:
      @escaping @Sendable (
        _ gradients: Parameters, _ state: Parameters, _ parameters: Parameters
      ) -> (updates: Parameters, state: Parameters)
  ) {
    self.init(name: name, links: nil, initialize: initialize, update: update)
  }

  init(
    name: String, links: [GradientTransform]?,
    initialize: @escaping @Sendable (_ parameters: Parameters) -> Parameters,
    update:
      @escaping @Sendable (
        _ gradients: Parameters, _ state: Parameters, _ parameters: Parameters
      ) -> (updates: Parameters, state: Parameters)
  ) {
    self.name = name
    self.links = links
    self.initialize = initialize
    self.update = update
  }
}

extension GradientTransform {
  /// Gives gradients back as they are.
  public static var identity: GradientTransform {
    stateless("identity") { gradients, _ in gradients }
  }

  /// A transform that remembers nothing.
  ///
  /// - Parameters:
  ///   - name: What the transform does.
  ///   - update: Gives updates with the paths and shapes of the gradients.
  public static func stateless(
    _ name: String = "",
    update: @escaping @Sendable (_ gradients: Parameters, _ parameters: Parameters) -> Parameters
  ) -> GradientTransform {
    GradientTransform(name: name, initialize: { _ in Parameters() }) {
      gradients, state, parameters in (update(gradients, parameters), state)
    }
  }

  /// A transform with an impossible option: every update carries the error.
  package static func invalid(
    _ operation: String, rule: String, got: Double
  ) -> GradientTransform {
    let error = OperationError(operation: operation, rule: rule, got: "\(got)")
    return stateless(operation) { gradients, _ in
      gradients.mapValues { _ in Tensor(invalid: error) }
    }
  }
}
