extension Optimizer {
  /// Stochastic gradient descent, with momentum if wanted.
  ///
  /// `parameter -= learningRate * velocity`, `velocity = momentum * velocity + gradient`; see
  /// ``GradientTransform/trace(decay:isNesterov:)``.
  ///
  /// - State: `trace/velocity/<path>` if there is momentum; `learningRate/step`.
  /// - Parameters:
  ///   - learningRate: The size of a step.
  ///   - momentum: The part of the velocity that stays at each step, `0 ..< 1`.
  ///   - isNesterov: Whether the step looks ahead along the velocity.
  ///   - weightDecay: Times the parameter is added to its gradient first.
  /// - Source: PyTorch's `torch.optim.SGD` without dampening; Sutskever et al. 2013.
  public static func sgd(
    learningRate: Schedule = 0.01, momentum: Double = 0, isNesterov: Bool = false,
    weightDecay: Double = 0
  ) -> Optimizer {
    var transforms: [GradientTransform] = []
    if weightDecay != 0 { transforms.append(.addDecayedWeights(rate: weightDecay)) }
    if momentum != 0 { transforms.append(.trace(decay: momentum, isNesterov: isNesterov)) }
    transforms.append(.scaleByLearningRate(learningRate))
    return Optimizer(
      "sgd",
      options: [
        "learningRate": "\(learningRate)", "momentum": "\(momentum)", "isNesterov": "\(isNesterov)",
        "weightDecay": "\(weightDecay)",
      ],
      transform: .chained(transforms))
  }
}
