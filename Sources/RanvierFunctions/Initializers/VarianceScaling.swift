internal import RanvierTensors

/// Which of a kernel's fans its variance is divided by; see ``KernelLayout/fans(of:)``.
public enum KernelFan: Sendable, Hashable {
  /// How many values one output combines: outputs are as large as inputs.
  case inputs
  /// How many outputs one input takes part in: gradients keep their size.
  case outputs
  /// The mean of both.
  case average
}

/// The distribution of the numbers of ``Initializer/varianceScaling(scale:fan:distribution:)``.
public enum KernelDistribution: Double, Sendable, Hashable {
  /// Uniform numbers of `±sqrt(3 * variance)`.
  case uniform = 0
  /// Normal numbers.
  case normal = 1
  /// Normal numbers, truncated at two standard deviations and widened, so that the truncated
  /// distribution has the variance.
  case truncatedNormal = 2
}

extension Initializer {
  /// Random numbers of variance `1 / inputs`, from a truncated normal distribution.
  public static let varianceScaling = Initializer.varianceScaling(scale: 1)

  /// Random numbers whose variance depends on how many values a kernel combines, so that signals
  /// keep their size through many layers: `scale / fan`.
  ///
  /// Saved as numbers: shares of both fans in the divisor, and the distribution's number.
  ///
  /// - Parameters:
  ///   - scale: The variance times the fan, not negative.
  ///   - fan: What the variance is divided by, at least 1.
  ///   - distribution: The distribution of the numbers.
  /// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
  ///   neural networks"; He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
  public static func varianceScaling(
    scale: Double, fan: KernelFan = .inputs, distribution: KernelDistribution = .truncatedNormal
  ) -> Initializer {
    let shares = fan.shares
    return Initializer(
      ofKernels: "variance_scaling",
      options: [
        "scale": scale, "inputs": shares.inputs, "outputs": shares.outputs,
        "distribution": distribution.rawValue,
      ]
    ) { kernel, options in
      kernel.scaled(
        scale: options["scale"] ?? scale, inputs: options["inputs"] ?? shares.inputs,
        outputs: options["outputs"] ?? shares.outputs,
        distribution: options["distribution"] ?? distribution.rawValue)
    }
  }

  /// Numbers of variance `scale / fan` under a name of their own, whose deviation can be changed by
  /// a gain.
  static func scaling(
    _ name: String, scale: Double, fan: KernelFan, distribution: KernelDistribution, gain: Double
  ) -> Initializer {
    Initializer(ofKernels: name, options: ["gain": gain]) { kernel, options in
      let gain = options["gain"] ?? gain
      return kernel.scaled(
        scale: scale * gain * gain, inputs: fan.shares.inputs, outputs: fan.shares.outputs,
        distribution: distribution.rawValue)
    }
  }
}

extension KernelFan {
  /// The shares of both fans in the number by which the variance is divided.
  fileprivate var shares: (inputs: Double, outputs: Double) {
    switch self {
    case .inputs: (1, 0)
    case .outputs: (0, 1)
    case .average: (0.5, 0.5)
    }
  }
}

extension Initializer.Kernel {
  /// Random numbers of variance `scale / (inputs * fan of inputs + outputs * fan of outputs)`.
  fileprivate func scaled(
    scale: Double, inputs: Double, outputs: Double, distribution: Double
  ) -> Tensor {
    let fans = layout.fans(of: shape)
    let variance = scale / max(fans.inputs * inputs + fans.outputs * outputs, 1)
    guard variance >= 0, variance.isFinite,
      let distribution = KernelDistribution(rawValue: distribution)
    else {
      return Tensor(
        invalid: OperationError(
          operation: "varianceScaling", rule: "a scale that is not negative, and a distribution",
          got: "scale \(scale), distribution \(distribution)",
          hint: "distributions are 0 (uniform), 1 (normal) and 2 (truncated normal)"))
    }
    switch distribution {
    case .uniform:
      let limit = (3 * variance).squareRoot()
      return key.uniform(shape, from: -1, to: 1, elementType: elementType) * limit
    case .normal: return key.normal(shape, elementType: elementType) * variance.squareRoot()
    case .truncatedNormal:
      // The standard deviation of a standard normal distribution truncated to -2 ... 2.
      let remaining = 0.87962566103423978
      let standardDeviation = variance.squareRoot() / remaining
      return key.truncatedNormal(shape, elementType: elementType) * standardDeviation
    }
  }
}
