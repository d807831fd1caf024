import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct GradientTransformTests {
  let parameters: Parameters = ["a": Tensor([Float(1), 2]), "b/c": Tensor(Float(3))]
  let gradients: Parameters = ["a": Tensor([Float(-4), 0.5]), "b/c": Tensor(Float(2))]

  /// The updates of several steps with the same gradients.
  func updates(of transform: GradientTransform, steps: Int = 3) -> [Parameters] {
    var state = transform.initialize(parameters)
    return (0 ..< steps).map { _ in
      let result = transform.update(gradients, state, parameters)
      state = result.state
      return result.updates
    }
  }

  @Test func `identity gives gradients back, and has no state`() {
    #expect(updates(of: .identity, steps: 1) == [gradients])
    #expect(GradientTransform.identity.initialize(parameters).isEmpty)
  }

  @Test func `an empty chain and identities in a chain change nothing`() {
    let adam = GradientTransform.scaleByAdam()
    #expect(updates(of: .chained()) == updates(of: .identity))
    #expect(updates(of: .chained(adam)) == updates(of: adam))
    #expect(updates(of: .chained(.identity, adam, .identity)) == updates(of: adam))
  }

  @Test func `nesting of chains makes no difference, not even to state paths`() {
    let (clip, momentum) = (GradientTransform.clip(to: 1), GradientTransform.trace())
    let rate = GradientTransform.scaleByLearningRate(0.1)
    let left = GradientTransform.chained(.chained(clip, momentum), rate)
    let right = GradientTransform.chained(clip, .chained(momentum, rate))
    #expect(updates(of: left) == updates(of: right))
    #expect(left.initialize(parameters) == right.initialize(parameters))
    #expect(left.initialize(parameters).paths == right.initialize(parameters).paths)
  }

  @Test func `states of equal and of missing names stay apart`() {
    let mine = GradientTransform { _ in
      ["count": Tensor(Int32(0))]
    } update: { gradients, state, _ in
      (gradients, ["count": state["count"] + 1])
    }
    let chain = GradientTransform.chained(.trace(), .trace(decay: 0.5), mine)
    let state = chain.initialize(parameters)
    #expect(
      state.paths == [
        "trace/velocity/a", "trace/velocity/b/c", "trace_1/velocity/a", "trace_1/velocity/b/c",
        "2/count",
      ])
    #expect(chain.update(gradients, state, parameters).state["2/count"] == Tensor(Int32(1)))
  }

  @Test func `scales by a number`() {
    expectClose(updates(of: .scale(by: -2))[0]["a"], Tensor([8.0, -1]))
  }

  @Test func `adds a part of the parameters where asked`() {
    let update = updates(of: .addDecayedWeights(rate: 0.5, where: { $0 == "a" }))[0]
    expectClose(update["a"], Tensor([-3.5, 1.5]))
    #expect(update["b/c"] == gradients["b/c"])
  }

  @Test func `clips each element`() {
    expectClose(updates(of: .clip(to: 1))[0]["a"], Tensor([-1, 0.5]))
    let error = updates(of: .clip(to: -1))[0]["a"].error
    #expect(error?.message == "clip(to:) needs a limit that is not negative, got -1.0")
  }

  @Test func `momentum adds up fading gradients`() {
    let plain = updates(of: .trace(decay: 0.5)).map { $0["b/c"].scalar(as: Double.self) }
    #expect(plain == [2, 3, 3.5])
    let ahead = updates(of: .trace(decay: 0.5, isNesterov: true))
    #expect(ahead.map { $0["b/c"].scalar(as: Double.self) } == [3, 3.5, 3.75])
  }

  @Test func `the learning rate follows its schedule from step 0`() {
    let schedule = Schedule.exponentialDecay(initial: 1, rate: 0.5, steps: 1)
    let updates = updates(of: .scaleByLearningRate(schedule)).map {
      $0["b/c"].scalar(as: Double.self)
    }
    #expect(updates == [-2, -1, -0.5])
  }

  @Test func `clips by the norm of all tensors together`() {
    func clipped(_ gradients: Parameters, _ limit: Double) -> Parameters {
      GradientTransform.clipByGlobalNorm(limit).update(gradients, Parameters(), gradients).updates
    }
    let long: Parameters = ["x": Tensor([Float(3)]), "y": Tensor([Float(4)])]
    expectClose(clipped(long, 1)["x"], Tensor([0.6]))
    expectClose(clipped(long, 1)["y"], Tensor([0.8]))
    #expect(clipped(long, 5) == long)
    #expect(clipped(long.mapValues { $0 * 0 }, 1)["x"] == Tensor([Float(0)]))
    #expect(clipped([:], 1).isEmpty)
    #expect(clipped(long, 0)["x"].error != nil)
    let notANumber = clipped(["x": Tensor([Float.nan]), "y": Tensor([Float(4)])], 1)
    #expect(notANumber["y"].scalar().isNaN)
  }

  @Test func `the norm of 16-bit gradients does not overflow`() {
    let gradients: Parameters = ["x": Tensor([300.0, 400]).cast(to: .float16)]
    expectClose(globalNorm(of: gradients), Tensor(500.0))
    let clipped = GradientTransform.clipByGlobalNorm(1).update(gradients, Parameters(), gradients)
    #expect(clipped.updates["x"].elementType == .float16)
    expectClose(clipped.updates["x"], Tensor([0.6, 0.8]), relative: 1e-3)
  }
}
