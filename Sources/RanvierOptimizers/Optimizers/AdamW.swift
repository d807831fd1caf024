extension Optimizer {
  /// Adam with weight decay that does not pass through the moments.
  ///
  /// `parameter -= learningRate * (adam + weightDecay * parameter)`, where `adam` is the update of
  /// ``GradientTransform/scaleByAdam(firstMomentDecay:secondMomentDecay:epsilon:)``.
  ///
  /// - State: As ``adam(learningRate:firstMomentDecay:secondMomentDecay:epsilon:)``.
  /// - Parameters:
  ///   - learningRate: The size of a step.
  ///   - firstMomentDecay: The part of the first moment that stays at each step, `0 ..< 1`.
  ///   - secondMomentDecay: The part of the second moment that stays at each step, `0 ..< 1`.
  ///   - epsilon: Keeps the divisor from zero.
  ///   - weightDecay: The part of a parameter that is taken away at each step, per learning rate.
  ///   - isDecayed: Which paths decay; often all but biases and the scales of normalizations.
  /// - Source: Loshchilov & Hutter 2017, arXiv:1711.05101; equals PyTorch's `torch.optim.AdamW`.
  public static func adamW(
    learningRate: Schedule = 1e-3, firstMomentDecay: Double = 0.9,
    secondMomentDecay: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01,
    where isDecayed: @escaping @Sendable (_ path: String) -> Bool = { _ in true }
  ) -> Optimizer {
    Optimizer(
      "adamW",
      options: [
        "learningRate": "\(learningRate)", "firstMomentDecay": "\(firstMomentDecay)",
        "secondMomentDecay": "\(secondMomentDecay)", "epsilon": "\(epsilon)",
        "weightDecay": "\(weightDecay)",
      ],
      transform: .chained(
        .scaleByAdam(
          firstMomentDecay: firstMomentDecay, secondMomentDecay: secondMomentDecay, epsilon: epsilon
        ),
        .addDecayedWeights(rate: weightDecay, where: isDecayed),
        .scaleByLearningRate(learningRate)))
  }
}
