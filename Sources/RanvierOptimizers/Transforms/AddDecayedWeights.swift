internal import RanvierTensors

extension GradientTransform {
  /// Adds a part of each parameter to its gradient: `update = gradient + rate * parameter`.
  ///
  /// Before Adam's scaling this is a squared-norm penalty; after it, the decoupled decay of
  /// `Optimizer.adamW`.
  ///
  /// - Parameters:
  ///   - rate: The part that is added.
  ///   - isDecayed: Which paths decay; the others' gradients stay as they are.
  public static func addDecayedWeights(
    rate: Double, where isDecayed: @escaping @Sendable (_ path: String) -> Bool = { _ in true }
  ) -> GradientTransform {
    stateless("decayedWeights") { gradients, parameters in
      var updates = gradients
      for (path, gradient) in gradients where isDecayed(path) {
        updates[path] = gradient + parameters[path] * rate
      }
      return updates
    }
  }
}
