package import RanvierFunctions
internal import RanvierTensors

/// Mean and variance of each channel as training goes on, for prediction.
package struct RunningStatistics: Sendable, Hashable {
  /// The weight of the old value.
  package let momentum: Double
  /// Which variance is kept.
  package let variance: VarianceEstimate

  var options: [LayerOption] {
    (momentum == 0.9 ? [] : [LayerOption("momentum", momentum)])
      + (variance == .biased ? [] : [LayerOption("running variance", variance.rawValue)])
  }

  func check(epsilon: Double) throws(LayerProblem) {
    guard epsilon > 0, (0 ..< 1).contains(momentum) else {
      throw LayerProblem(
        "a positive epsilon and a momentum in 0 ..< 1",
        got: "epsilon \(epsilon), momentum \(momentum)")
    }
  }

  /// The state, which begins with a mean of 0 and a variance of 1.
  func declarations(channels: Int) -> [ParameterDeclaration] {
    [
      ParameterDeclaration("mean", shape: [channels], initializer: .zeros),
      ParameterDeclaration("variance", shape: [channels], initializer: .ones),
    ]
  }

  /// The state after another batch.
  ///
  /// - Parameter count: The number of elements that each variance is of.
  func updated(_ call: LayerCall, mean: Tensor, variance: Tensor, of count: Int) -> Parameters {
    let estimate = self.variance.estimate(from: variance, of: count)
    return [
      "mean": updatedRunningStatistic(call.state["mean"], with: mean, momentum: momentum),
      "variance": updatedRunningStatistic(
        call.state["variance"], with: estimate, momentum: momentum),
    ]
  }
}

extension LayerInput {
  /// The number of channels of an input of floating-point numbers with a batch axis.
  func knownChannels() throws(LayerProblem) -> Int {
    try checkFloatingPoint()
    guard shape.rank >= 2, let channels = shape[-1] else {
      throw LayerProblem("an input [batch, ..., channels] with known channels", got: "\(shape)")
    }
    return channels
  }
}
