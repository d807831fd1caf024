internal import RanvierTensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension GradientTransform {
  /// Scales gradients by estimates of their first and second moments.
  ///
  /// At step `t` from 1, with decays `b1` and `b2`:
  ///
  ///     m = b1 * m + (1 - b1) * gradient
  ///     v = b2 * v + (1 - b2) * gradient^2
  ///     update = (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
  ///
  /// - State: `step` i32[], `firstMoment/<path>` and `secondMoment/<path>` of the parameters'
  ///   shapes; f32, or f64 for parameters of that type.
  /// - Parameters:
  ///   - firstMomentDecay: The part of the first moment that stays at each step, `0 ..< 1`.
  ///   - secondMomentDecay: The part of the second moment that stays at each step, `0 ..< 1`.
  ///   - epsilon: Keeps the divisor from zero; added outside of the root.
  /// - Note: Where all gradients so far were zero the update is zero, unless `epsilon` is zero:
  ///   then it is not a number.
  /// - Source: Kingma & Ba 2014, arXiv:1412.6980, algorithm 1.
  public static func scaleByAdam(
    firstMomentDecay: Double = 0.9, secondMomentDecay: Double = 0.999, epsilon: Double = 1e-8
  ) -> GradientTransform {
    for decay in [firstMomentDecay, secondMomentDecay] where !(0 ..< 1).contains(decay) {
      return invalid("scaleByAdam", rule: "decays in 0 ..< 1", got: decay)
    }
    return GradientTransform(name: "adam") { parameters in
      var state: Parameters = ["step": zeroSteps()]
      state.merge(zeroMoments("firstMoment", for: parameters))
      state.merge(zeroMoments("secondMoment", for: parameters))
      return state
    } update: { gradients, state, _ in
      let step = state["step"] + 1
      var next = state
      next["step"] = step
      // Scalars, computed once a step: what is left for each parameter is one element-wise formula.
      let firstScale = 1 / missingWeight(decay: firstMomentDecay, steps: step)
      let secondScale = 1 / missingWeight(decay: secondMomentDecay, steps: step)
      let rootScale = sqrt(secondScale)

      var updates = gradients
      for (path, gradient) in gradients {
        let g = gradient.inMomentType
        let firstMoment = average(
          state["firstMoment/\(path)"], g, decay: firstMomentDecay)
        let secondMoment = average(
          state["secondMoment/\(path)"], g * g, decay: secondMomentDecay)
        next["firstMoment/\(path)"] = firstMoment
        next["secondMoment/\(path)"] = secondMoment
        let divisor = sqrt(secondMoment) * rootScale + epsilon
        updates[path] = firstMoment * firstScale / divisor
      }
      return (updates, next)
    }
  }

  /// `1 - decay^steps`: the weight that the samples of a running average have together, the rest
  /// being its initial zero.
  ///
  /// Computed as `-expm1(steps * log(decay))`, which loses no digits where the power is close to
  /// one.
  private static func missingWeight(decay: Double, steps: Tensor) -> Tensor {
    -expm1(steps.cast(to: .float32) * log(decay))
  }

  private static func average(_ old: Tensor, _ sample: Tensor, decay: Double) -> Tensor {
    old * decay + sample * (1 - decay)
  }
}

extension Optimizer {
  /// Adam: steps of about the learning rate's size, whatever the gradients' scale.
  ///
  /// See ``GradientTransform/scaleByAdam(firstMomentDecay:secondMomentDecay:epsilon:)`` for the
  /// formula.
  ///
  /// - State: `adam/step`, `adam/firstMoment/<path>`, `adam/secondMoment/<path>`,
  ///   `learningRate/step`.
  /// - Parameters:
  ///   - learningRate: The size of a step.
  ///   - firstMomentDecay: The part of the first moment that stays at each step, `0 ..< 1`.
  ///   - secondMomentDecay: The part of the second moment that stays at each step, `0 ..< 1`.
  ///   - epsilon: Keeps the divisor from zero.
  /// - Source: Kingma & Ba 2014, arXiv:1412.6980; equals PyTorch's `torch.optim.Adam`.
  public static func adam(
    learningRate: Schedule = 1e-3, firstMomentDecay: Double = 0.9,
    secondMomentDecay: Double = 0.999, epsilon: Double = 1e-8
  ) -> Optimizer {
    Optimizer(
      "adam",
      options: [
        "learningRate": "\(learningRate)", "firstMomentDecay": "\(firstMomentDecay)",
        "secondMomentDecay": "\(secondMomentDecay)", "epsilon": "\(epsilon)",
      ],
      transform: .chained(
        .scaleByAdam(
          firstMomentDecay: firstMomentDecay, secondMomentDecay: secondMomentDecay, epsilon: epsilon
        ),
        .scaleByLearningRate(learningRate)))
  }
}
