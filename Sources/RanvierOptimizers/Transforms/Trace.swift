internal import RanvierTensors

extension GradientTransform {
  /// Adds up gradients that fade from step to step: momentum.
  ///
  /// `velocity = decay * velocity + gradient`, from zero. The update is the velocity, or with
  /// Nesterov's look-ahead `decay * velocity + gradient` with the new velocity.
  ///
  /// - State: `velocity/<path>` of the parameters' shapes; f32, or f64 for parameters of that type.
  /// - Parameters:
  ///   - decay: The part of the velocity that stays at each step, `0 ..< 1`.
  ///   - isNesterov: Whether updates look ahead along the velocity.
  /// - Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
  ///   learning", in the form of PyTorch's `torch.optim.SGD`.
  public static func trace(decay: Double = 0.9, isNesterov: Bool = false) -> GradientTransform {
    guard (0 ..< 1).contains(decay) else {
      return invalid("trace(decay:)", rule: "a decay in 0 ..< 1", got: decay)
    }
    return GradientTransform(name: "trace") { parameters in
      zeroMoments("velocity", for: parameters)
    } update: { gradients, state, _ in
      var updates = gradients
      var next = state
      for (path, gradient) in gradients {
        let sample = gradient.inMomentType
        let velocity = state["velocity/\(path)"] * decay + sample
        next["velocity/\(path)"] = velocity
        updates[path] = isNesterov ? velocity * decay + sample : velocity
      }
      return (updates, next)
    }
  }
}
