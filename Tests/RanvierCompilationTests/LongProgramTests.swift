import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Programs of many operations compile in time that grows with their length.
@Suite(.serialized, .tags(.slow)) struct LongProgramTests {
  /// Seconds to record, differentiate, compile, run and release a chain of operations.
  ///
  /// Sines keep the compiler from merging it into nothing; rows and columns take turns, so that not
  /// everything is one element loop.
  private func seconds(forChainOf length: Int) throws -> Double {
    let start = ContinuousClock.now
    let step = compile { (x: Tensor) in
      gradient(at: x) { x in
        var y = x
        for index in 0 ..< length / 2 {
          y = index % 50 == 49 ? (y + y.sum()).transposed() : sin(y)
          y = y * 0.5
        }
        return y.sum()
      }
    }
    let x = Tensor([[0.1, 0.2], [0.3, 0.4]])
    let plan = try step.plan(for: x)
    #expect(plan.graph.nodes.count > length / 100)
    #expect(try step(x).shape == [2, 2])
    let duration = start.duration(to: .now).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
  }

  @Test(.timeLimit(.minutes(10)))
  func `200,000 operations are recorded, differentiated, compiled and released in linear time`()
    throws
  {
    _ = try seconds(forChainOf: 1000)
    let short = try seconds(forChainOf: 20_000)
    let long = try seconds(forChainOf: 200_000)
    #expect(long < 25 * short, "\(short) s for 20,000, \(long) s for 200,000")
  }
}
