internal import RanvierTensors

extension Schedule {
  /// Rises from zero, then falls to zero, both in a straight line.
  ///
  /// `initial * step / warmupSteps` before `warmupSteps`; then
  /// `initial * max(0, steps - step) / (steps - warmupSteps)`.
  ///
  /// - Parameters:
  ///   - initial: The highest value.
  ///   - steps: The step at which the value becomes zero.
  ///   - warmupSteps: The step at which the highest value is reached; with 0 it is the first.
  public static func linearDecay(
    initial: Double, steps: Int, warmupSteps: Int = 0
  ) -> Schedule {
    let rise = Double(max(1, warmupSteps))
    let fall = Double(max(1, steps - warmupSteps))
    return Schedule(
      "linearDecay",
      options: ["initial": "\(initial)", "steps": "\(steps)", "warmupSteps": "\(warmupSteps)"]
    ) { step in
      let warmup = step / rise
      let decay = maximum(Double(steps) - step, 0) / fall
      return select(less(step, warmupSteps), warmup, decay) * initial
    }
  }
}
