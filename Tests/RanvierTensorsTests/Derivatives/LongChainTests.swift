import RanvierTensors
import TestSupport
import Testing

/// Long recordings are arenas: nothing recurses, and time grows with the length.
@Suite(.serialized, .tags(.slow)) struct LongChainTests {
  /// Seconds that differentiating a chain of additions and negations takes.
  private func seconds(forChainOf length: Int) -> Double {
    let start = ContinuousClock.now
    let slope = gradient(at: Tensor(1.0)) { x in
      var y = x
      for _ in 0 ..< length / 2 { y = -(y + 1) }
      return y
    }
    #expect(slope == Tensor(length / 2 % 2 == 0 ? 1.0 : -1.0))
    let duration = start.duration(to: .now).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
  }

  @Test(.timeLimit(.minutes(3)))
  func `a chain of 200,000 operations is recorded, differentiated and released`() {
    let short = seconds(forChainOf: 20_000)
    let long = seconds(forChainOf: 200_000)
    #expect(long < 30 * short, "\(short) s for 20,000, \(long) s for 200,000")
  }

  /// Seconds of a loop of inner gradients inside one outer gradient.
  private func seconds(forInnerGradients count: Int) -> Double {
    let start = ContinuousClock.now
    let slope = gradient(at: Tensor(0.5)) { x in
      var sum = x
      for _ in 0 ..< count { sum = sum + gradient(at: x) { $0 * $0 } }
      return sum
    }
    #expect(slope == Tensor(Double(1 + 2 * count)))
    let duration = start.duration(to: .now).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
  }

  @Test(.timeLimit(.minutes(3)))
  func `gradients in a loop inside a gradient take linear time`() {
    let short = seconds(forInnerGradients: 300)
    let long = seconds(forInnerGradients: 3000)
    #expect(long < 30 * short, "\(short) s for 300, \(long) s for 3,000")
  }
}
