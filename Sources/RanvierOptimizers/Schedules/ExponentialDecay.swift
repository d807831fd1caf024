internal import RanvierTensors

extension Schedule {
  /// Falls by the same factor over each period.
  ///
  /// `initial * rate^(max(0, step - delay) / steps)`; in stairs, with the exponent rounded down.
  ///
  /// - Parameters:
  ///   - initial: The value at first.
  ///   - rate: The factor of a period, above 0.
  ///   - steps: The length of a period, at least 1.
  ///   - isStaircase: Whether the value only changes at the end of a period.
  ///   - delay: The steps before the first period.
  public static func exponentialDecay(
    initial: Double, rate: Double = 0.95, steps: Int = 10, isStaircase: Bool = false, delay: Int = 0
  ) -> Schedule {
    let period = Double(max(1, steps))
    return Schedule(
      "exponentialDecay",
      options: [
        "initial": "\(initial)", "rate": "\(rate)", "steps": "\(steps)",
        "isStaircase": "\(isStaircase)", "delay": "\(delay)",
      ]
    ) { step in
      let periods = maximum(step - delay, 0) / period
      return pow(rate, isStaircase ? floor(periods) : periods) * initial
    }
  }
}
