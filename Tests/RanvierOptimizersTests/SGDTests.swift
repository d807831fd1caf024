import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct SGDTests {
  @Test func `has all golden cases`() throws {
    #expect(try Golden("sgd").cases.count == 8)
  }

  @Test(arguments: try Golden("sgd").cases)
  func `equals PyTorch`(name: String) throws {
    let golden = try Golden("sgd")
    let options = try golden.options(name, as: GoldenOptions.self)
    let schedule = try options.schedule.schedule()
    let optimizer = Optimizer.sgd(
      learningRate: schedule, momentum: try #require(options.momentum),
      isNesterov: try #require(options.nesterov as Bool?), weightDecay: options.weight_decay)
    expectTrajectory(
      of: optimizer, schedule: schedule, steps: options.steps, equals: golden.tensors(name))
  }

  /// Numbers of Polaris, run at a known commit.
  @Test(arguments: [
    (Optimizer.sgd(learningRate: 0.1), [0.512, -1.024]),
    (.sgd(learningRate: 0.1, momentum: 0.9), [0.062, -0.124]),
    (.sgd(learningRate: 0.1, momentum: 0.9, isNesterov: true), [-0.108352, 0.216704]),
  ])
  func `descends a bowl as Polaris does`(optimizer: Optimizer, expected: [Double]) {
    expectClose(threeSteps(of: optimizer), Tensor(expected), "\(optimizer)")
  }

  @Test func `keeps a velocity for each parameter only with momentum`() {
    let parameters: Parameters = ["a/kernel": Tensor.ones([2, 3])]
    #expect(Optimizer.sgd().initialize(parameters).paths == ["learningRate/step"])
    let state = Optimizer.sgd(momentum: 0.9).initialize(parameters)
    #expect(state.paths == ["trace/velocity/a/kernel", "learningRate/step"])
    #expect(state["trace/velocity/a/kernel"] == Tensor.zeros([2, 3]))
  }
}
