import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct AdamTests {
  @Test func `has all golden cases`() throws {
    #expect(try Golden("adam").cases.count == 13)
  }

  @Test(arguments: try Golden("adam").cases)
  func `equals PyTorch`(name: String) throws {
    let golden = try Golden("adam")
    let options = try golden.options(name, as: GoldenOptions.self)
    let schedule = try options.schedule.schedule()
    let (first, second) = (try #require(options.beta1), try #require(options.beta2))
    let epsilon = try #require(options.epsilon)
    let optimizer: Optimizer
    if try #require(options.decoupled as Bool?) {
      optimizer = .adamW(
        learningRate: schedule, firstMomentDecay: first, secondMomentDecay: second,
        epsilon: epsilon, weightDecay: options.weight_decay)
    } else {
      optimizer = .adam(
        learningRate: schedule, firstMomentDecay: first, secondMomentDecay: second, epsilon: epsilon
      ).preceded(by: .addDecayedWeights(rate: options.weight_decay))
    }
    expectTrajectory(
      of: optimizer, schedule: schedule, steps: options.steps, equals: golden.tensors(name))
  }

  /// Numbers of Polaris, run at a known commit; its extra epsilon under the root does not show.
  @Test(arguments: [
    (Optimizer.adam(learningRate: 0.1), [0.701588, -1.700625]),
    (.adamW(learningRate: 0.1), [0.698913, -1.694947]),
  ])
  func `descends a bowl as Polaris does`(optimizer: Optimizer, expected: [Double]) {
    expectClose(threeSteps(of: optimizer), Tensor(expected), "\(optimizer)")
  }

  @Test func `without weight decay equals its decoupled variant`() {
    let adam = threeSteps(of: .adam(learningRate: 0.1))
    expectClose(threeSteps(of: .adamW(learningRate: 0.1, weightDecay: 0)), adam)
  }

  @Test func `state is readable, and its moments have the parameters' shapes`() {
    let parameters: Parameters = [
      "dense_0/kernel": Tensor.ones([2, 3]), "dense_0/bias": Tensor.ones([3]),
    ]
    let state = Optimizer.adam().initialize(parameters)
    #expect(
      state.paths == [
        "adam/step", "adam/firstMoment/dense_0/kernel", "adam/firstMoment/dense_0/bias",
        "adam/secondMoment/dense_0/kernel", "adam/secondMoment/dense_0/bias", "learningRate/step",
      ])
    #expect(state["adam/step"] == Tensor(Int32(0)))
    #expect(state["adam/secondMoment/dense_0/kernel"] == Tensor.zeros([2, 3]))
    let (_, next) = Optimizer.adam().update(
      parameters: parameters, gradients: parameters, state: state)
    #expect(next.paths == state.paths)
    #expect(next.tensors.map(\.type) == state.tensors.map(\.type))
    #expect(next["adam/step"] == Tensor(Int32(1)))
  }

  @Test func `first step has the learning rate's size, whatever the gradient's`() {
    for scale in [1e-4, 1.0, 1e6] {
      let parameters: Parameters = ["x": Tensor([Float(0), 0])]
      let optimizer = Optimizer.adam(learningRate: 0.5)
      let (next, _) = optimizer.update(
        parameters: parameters, gradients: ["x": Tensor([scale, -scale]).cast(to: .float32)],
        state: optimizer.initialize(parameters))
      expectClose(next["x"], Tensor([-0.5, 0.5]), relative: 2e-4)
    }
  }

  @Test func `bias correction stays right after very many steps`() {
    let optimizer = Optimizer.adam(learningRate: 0.5)
    let parameters: Parameters = ["x": Tensor(Float(0))]
    var state = optimizer.initialize(parameters)
    state["adam/step"] = Tensor(Int32(2_000_000_000))
    state["adam/firstMoment/x"] = Tensor(Float(3))
    state["adam/secondMoment/x"] = Tensor(Float(9))
    let (next, _) = optimizer.update(
      parameters: parameters, gradients: ["x": Tensor(Float(3))], state: state)
    expectClose(next["x"], Tensor(-0.5))
  }

  @Test func `decay can be left out by path`() {
    let parameters: Parameters = ["kernel": Tensor(Float(2)), "bias": Tensor(Float(2))]
    let optimizer = Optimizer.adamW(
      learningRate: 0.1, weightDecay: 0.5, where: { !$0.hasSuffix("bias") })
    let zeros = parameters.mapValues { $0 * 0 }
    let (next, _) = optimizer.update(
      parameters: parameters, gradients: zeros, state: optimizer.initialize(parameters))
    expectClose(next["kernel"], Tensor(1.9))
    #expect(next["bias"] == Tensor(Float(2)))
  }

  @Test func `impossible decays are errors that say so`() {
    let optimizer = Optimizer.adam(secondMomentDecay: 1)
    let parameters: Parameters = ["x": Tensor(Float(2))]
    let (next, _) = optimizer.update(
      parameters: parameters, gradients: parameters, state: optimizer.initialize(parameters))
    #expect(next["x"].error?.message == "scaleByAdam needs decays in 0 ..< 1, got 1.0")
  }
}
