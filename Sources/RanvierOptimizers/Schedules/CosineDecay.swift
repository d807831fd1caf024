internal import RanvierTensors

extension Schedule {
  /// Falls along half a cosine, then stays.
  ///
  /// `initial * ((1 - finalFraction) * wave + finalFraction)`, where
  /// `wave = (1 + cos(pi * min(step, steps) / steps)) / 2`
  ///
  /// - Parameters:
  ///   - initial: The value at first.
  ///   - steps: The step from which the value stays, at least 1.
  ///   - finalFraction: The value from then on, as a part of the initial one.
  /// - Source: Loshchilov & Hutter 2016, arXiv:1608.03983, without restarts.
  public static func cosineDecay(
    initial: Double, steps: Int = 10, finalFraction: Double = 0
  ) -> Schedule {
    let length = Double(max(1, steps))
    return Schedule(
      "cosineDecay",
      options: ["initial": "\(initial)", "steps": "\(steps)", "finalFraction": "\(finalFraction)"]
    ) { step in
      let angle = minimum(step, length) * (Double.pi / length)
      let wave = (cos(angle) + 1) * 0.5
      return (wave * (1 - finalFraction) + finalFraction) * initial
    }
  }
}
