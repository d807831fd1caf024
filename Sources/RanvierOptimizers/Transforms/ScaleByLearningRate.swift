internal import RanvierTensors

extension GradientTransform {
  /// Turns gradients around and scales them: `update = -learningRate(step) * gradient`.
  ///
  /// Last in a chain, since what comes out is added to parameters.
  ///
  /// - State: `step` i32[], the number of steps so far: the first step uses the rate at 0.
  public static func scaleByLearningRate(_ learningRate: Schedule) -> GradientTransform {
    GradientTransform(name: "learningRate") { _ in
      ["step": zeroSteps()]
    } update: { gradients, state, _ in
      let step = state["step"]
      let factor = -learningRate(step)
      var next = state
      next["step"] = step + 1
      return (gradients.mapValues { $0 * factor }, next)
    }
  }
}
