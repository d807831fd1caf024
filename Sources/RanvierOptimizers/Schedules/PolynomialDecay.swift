internal import RanvierTensors

extension Schedule {
  /// Falls along a power of the remaining steps, then stays.
  ///
  /// `(initial - final) * (1 - clamp(step - delay, 0, steps) / steps)^power + final`
  ///
  /// - Parameters:
  ///   - initial: The value at first.
  ///   - final: The value at the end.
  ///   - power: The exponent: 1 falls in a straight line, 2 flattens towards the end.
  ///   - steps: The length of the fall, at least 1.
  ///   - delay: The steps before it.
  public static func polynomialDecay(
    initial: Double, final: Double = 1e-3, power: Double = 2, steps: Int = 10, delay: Int = 0
  ) -> Schedule {
    let length = Double(max(1, steps))
    return Schedule(
      "polynomialDecay",
      options: [
        "initial": "\(initial)", "final": "\(final)", "power": "\(power)", "steps": "\(steps)",
        "delay": "\(delay)",
      ]
    ) { step in
      let remaining = 1 - clamp(step - delay, 0, length) / length
      return pow(remaining, power) * (initial - final) + final
    }
  }
}
