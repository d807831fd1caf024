import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct TrainingTests {
  @Test(arguments: [
    Optimizer.sgd(learningRate: 0.1, momentum: 0.9), .adam(learningRate: 0.01),
    .adamW(learningRate: 0.01),
  ])
  func `a step equals gradients and optimizer by hand`(optimizer: Optimizer) throws {
    let batches = try regression(rows: 22).batches(of: 5)
    let start = try network.build().initialize(seed: 3)
    let trained = try Loop.training(optimizer: optimizer).run(over: batches, epochs: 2, from: start)

    let predict = try network.build(mode: .training).predict
    var parameters = start.parameters
    var state = optimizer.initialize(parameters)
    for epoch in 0 ..< 2 {
      for index in 0 ..< batches.batchCount {
        let batch = try batches.batch(index, epoch: epoch)
        let gradients = try gradient(at: parameters) { parameters in
          let result = try predict(
            ModelState(parameters: parameters), batch.input, key: RandomKey(seed: 0))
          return square(result.output - batch.targets).mean()
        }
        (parameters, state) = optimizer.update(
          parameters: parameters, gradients: gradients, state: state)
      }
    }
    for (path, tensor) in parameters {
      expectClose(trained.modelState.parameters[path], tensor, relative: 1e-6, absolute: 1e-6, path)
    }
    for (path, tensor) in state {
      expectClose(trained.optimizerState[path], tensor, relative: 1e-5, absolute: 1e-6, path)
    }
  }

  @Test func `a run is repeated bit for bit by its seed`() throws {
    let data = try regression().batches(of: 6, shuffledBy: RandomKey(seed: 5))
    func run(_ seed: UInt64) throws -> LoopState {
      try Loop.training(noisyNetwork, optimizer: .adam()).run(over: data, epochs: 3, seed: seed)
    }
    let (first, second, other) = (try run(1), try run(1), try run(2))
    #expect(first.modelState == second.modelState)
    #expect(first.optimizerState == second.optimizerState)
    #expect(first.history.map(\.metrics) == second.history.map(\.metrics))
    #expect(first.modelState != other.modelState)
    // From the same parameters, another seed still means other noise.
    let start = try noisyNetwork.build().initialize(seed: 7)
    func resume(_ seed: UInt64) throws -> ModelState {
      try Loop.training(noisyNetwork).run(over: data, from: start, seed: seed).modelState
    }
    #expect(try resume(1) == resume(1))
    #expect(try resume(1) != resume(2))
  }

  @Test func `dropout differs between steps`() throws {
    let log = Log<Double>()
    let batch = try regression().rows
    _ = try Loop.training(noisyNetwork, optimizer: .sgd(learningRate: 0)).on(.iterationCompleted) {
      state in
      log.append(state.batchLoss)
      return .proceed
    }.run(over: [batch, batch, batch], epochs: 2)
    #expect(Set(log.entries).count == 6)
  }

  @Test func `frozen parameters stay and others change`() throws {
    var start = try network.build().initialize(seed: 3)
    start.freeze { $0.hasPrefix("dense_0") }
    let result = try Loop.training(optimizer: .adam()).run(
      over: regression().batches(of: 5), from: start)
    for (path, tensor) in start.parameters {
      #expect(
        (result.modelState.parameters[path] == tensor) == path.hasPrefix("dense_0"), "\(path)")
    }
    #expect(result.modelState.frozen == start.frozen)
    #expect(!result.optimizerState.paths.contains { $0.contains("dense_0") })
    #expect(result.modelState.parameters.paths == start.parameters.paths)

    start.freeze()
    let still = try Loop.training(optimizer: .adam()).run(
      over: regression().batches(of: 5), from: start)
    #expect(still.modelState == start)
  }

  @Test func `a handler unfreezes and freezes`() throws {
    var start = try network.build().initialize(seed: 3)
    start.freeze { $0.hasPrefix("dense_0") }
    let log = Log<ModelState>()
    let result = try Loop.training(optimizer: .adam())
      .on(.epochStarted) { state in
        log.append(state.modelState)
        if state.epoch == 2 { state.modelState.unfreeze() }
        if state.epoch == 3 { state.modelState.freeze { $0.hasPrefix("dense_1") } }
        return .proceed
      }.run(over: regression().batches(of: 5), epochs: 3, from: start)
    let states = log.entries + [result.modelState]
    func changed(_ epoch: Int, _ path: String) -> Bool {
      states[epoch - 1].parameters[path] != states[epoch].parameters[path]
    }
    #expect((1 ... 3).map { changed($0, "dense_0/kernel") } == [false, true, true])
    #expect((1 ... 3).map { changed($0, "dense_1/kernel") } == [true, true, false])
  }

  @Test func `exclusive or is learnt`() throws {
    let data = try Dataset(
      inputs: Tensor([[Float(0), 0], [0, 1], [1, 0], [1, 1]]),
      targets: Tensor([[Float(0)], [1], [1], [0]]))
    let model = Model.input("x", shape: [nil, 2]).dense(8, activation: .tanh).dense(
      1, activation: .sigmoid)
    let result = try Loop.trainer(
      model, loss: .binaryCrossEntropy, optimizer: .adam(learningRate: 0.05)
    )
    .metric(.accuracy).progress(.silent).run(over: data.batches(of: 4), epochs: 300, seed: 1)
    #expect(result.metrics["accuracy"] == 1)
    #expect(try #require(result.metrics["loss"]) < 0.05)
  }

  @Test func `a regression converges`() throws {
    let data = try regression(rows: 200)
    let result = try Loop.training(optimizer: .adam(learningRate: 0.01))
      .run(over: data.batches(of: 32, shuffledBy: RandomKey(seed: 1)), epochs: 60, seed: 1)
    let first = try #require(result.history.first?.metrics["loss"])
    let last = try #require(result.metrics["loss"])
    #expect(last < 0.002 && last < first / 20, "\(first) to \(last)")
  }

  @Test func `running statistics are learnt along`() throws {
    let model = Model.input("x", shape: [nil, 2]).batchNorm().dense(1)
    let start = try model.build().initialize(seed: 1)
    let result = try Loop.training(model).run(over: regression().batches(of: 5), from: start)
    #expect(result.modelState.layerState.paths == start.layerState.paths)
    #expect(!result.modelState.layerState.isEmpty)
    for (path, tensor) in start.layerState {
      #expect(result.modelState.layerState[path] != tensor, "\(path)")
    }
  }

  @Test func `a step updates its state in place`() throws {
    let model = Model.input("x", shape: [nil, 2]).dense(8, activation: .relu).batchNorm().dropout(
      rate: 0.1
    ).dense(1)
    let metrics = [Metric.meanSquaredError]
    let step = TrainingStep(
      model: try ResolvedModel(model), loss: .meanSquaredError, optimizer: .adam(), metrics: metrics
    )
    let batch = try regression().rows
    let start = try model.build().initialize(seed: 1)
    var state = step.initialState(start, key: RandomKey(seed: 2))
    let plan = try step.plan(state, batch)
    // Parameters and moments; counters and sums are a few bytes.
    let large = start.parameters.count + state.optimizerState.count
    let count = try #require("\(plan)".firstMatch(of: /(\d+) outputs in place of inputs/)?.1)
    #expect(try #require(Int(count)) >= large, "\(plan)")
    func addresses() -> [UnsafeMutableRawPointer?] {
      (state.parameters.map(\.1) + state.optimizerState.filter { $0.contains("oment") }.map(\.1))
        .map { $0.concreteStorage?.address }
    }
    for _ in 0 ..< 2 { _ = try step(&state, batch) }
    let before = addresses()
    for _ in 0 ..< 3 { _ = try step(&state, batch) }
    #expect(addresses() == before)
    let kept = state
    _ = try step(&state, batch)
    #expect(kept.parameters != state.parameters)
    #expect(start == (try model.build().initialize(seed: 1)))
  }

  @Test func `states that handlers keep are not changed later`() throws {
    let log = Log<LoopState>()
    let data = try regression().batches(of: 5)
    let result = try Loop.training().on(.epochCompleted) { state in
      log.append(state)
      return .proceed
    }.run(over: data, epochs: 3)
    for (index, state) in log.entries.enumerated() {
      #expect(
        state.modelState == (try Loop.training().run(over: data, epochs: index + 1).modelState))
    }
    #expect(log.entries.last?.modelState == result.modelState)
  }
}

struct NonFiniteLossTests {
  private func message(
    _ model: Model = network, _ batches: [Batch], _ optimizer: Optimizer = .sgd(learningRate: 0.1),
    change: @escaping LoopHandler = { _ in .proceed }
  ) throws -> String {
    let error = #expect(throws: LoopError.self) {
      try Loop.training(model, optimizer: optimizer).on(.iterationStarted, change).run(
        over: batches, epochs: 50)
    }
    return try #require(error).description
  }

  @Test func `an input that is not finite is named`() throws {
    let rows = try regression().rows
    let text = try message(network, [rows, Batch(inputs: rows.input / 0, targets: rows.targets)])
    #expect(
      text.contains("after batch 2 of epoch 1") && text.contains("input `input` is not finite"),
      "\(text)")
    let targets = try message(network, [Batch(inputs: rows.inputs, targets: rows.targets / 0)])
    #expect(targets.contains("targets are not finite"))
  }

  @Test func `the first layer whose output is not finite is named`() throws {
    let model = Model.input("x", shape: [nil, 2]).dense(4, activation: .tanh, name: "first")
      .dense(4, activation: .tanh, name: "second").dense(1, name: "third")
    let text = try message(model, [try regression().rows]) { state in
      if state.totalIterations == 3 {
        state.modelState.parameters["second/bias"] = Tensor.zeros([4]) / 0
      }
      return .proceed
    }
    #expect(text.contains("after batch 1 of epoch 4"), "\(text)")
    #expect(text.contains("not finite is `second`, whose parameter `bias`"), "\(text)")
  }

  @Test func `a layer that overflows is named although its parameters are finite`() throws {
    let model = Model.input("x", shape: [nil, 2]).dense(4, activation: .tanh, name: "first")
      .dense(4, name: "second").dense(1, name: "third")
    let text = try message(model, [try regression().rows]) { state in
      state.modelState.parameters["second/bias"] = Tensor.ones([4]) * 3e38
      state.modelState.parameters["third/kernel"] = Tensor.ones([4, 1]) * 10
      return .proceed
    }
    #expect(text.contains("the first layer whose output is not finite is `third`;"), "\(text)")
  }

  @Test func `a learning rate that is too large is met`() throws {
    let text = try message(network, [try regression().rows], .sgd(learningRate: 1e30))
    #expect(text.contains("the loss is") && text.contains("learning rate"), "\(text)")
  }
}
