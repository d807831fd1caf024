import Ranvier

/// A plan's profile in the quietest of many short stretches of time.
///
/// Profiles are means, in which a single interruption hides everything else.
struct QuietProfile {
  /// What the plan says about the stretch.
  private(set) var text = ""

  /// The shortest stretch, and the fewest calls in one.
  private static let stretch = (seconds: 0.002, calls: 2)

  /// Profiles for some seconds.
  init(of run: inout some WorkloadRun, seconds: Double) throws {
    let plan = try run.plan()
    let warmUp = try Samples.measured(seconds: 0.1) { try run.runPlan() }
    let calls = max(
      QuietProfile.stretch.calls, Int(QuietProfile.stretch.seconds * 1e3 / warmUp.median))
    var best = Double.infinity
    _ = try Samples.measured(seconds: seconds) {
      plan.startProfiling()
      for _ in 0 ..< calls { try run.runPlan() }
      let profile = plan.profile
      if profile.secondsPerCall < best { (best, text) = (profile.secondsPerCall, "\(profile)") }
    }
    plan.stopProfiling()
  }
}
