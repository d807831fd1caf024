import RanvierData
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct EventTests {
  /// Runs a loop of five batches an epoch that logs each event as `name epoch.iteration`.
  private func events(
    epochs: Int = 2, _ change: (Loop) -> Loop = { $0 }
  ) throws -> (log: [String], state: LoopState) {
    let log = Log<String>()
    var loop = change(Loop.training())
    for event in LoopEvent.allCases {
      loop = loop.on(event) { state in
        log.append("\(event) \(state.epoch).\(state.iteration)")
        return .proceed
      }
    }
    let state = try loop.run(over: regression().batches(of: 4), epochs: epochs)
    return (log.entries, state)
  }

  @Test func `events fire in order`() throws {
    let (log, state) = try events()
    var expected = ["started 0.0"]
    for epoch in 1 ... 2 {
      expected.append("epochStarted \(epoch).0")
      for batch in 0 ..< 5 {
        expected += [
          "iterationStarted \(epoch).\(batch)", "iterationCompleted \(epoch).\(batch + 1)",
        ]
      }
      expected.append("epochCompleted \(epoch).5")
    }
    expected.append("completed 2.5")
    #expect(log == expected)
    #expect(state.status == .completed)
    #expect(state.totalIterations == 10)
    #expect(state.occurrences[.iterationCompleted] == 10 && state.occurrences[.epochCompleted] == 2)
    #expect(state.occurrences[.halted] == nil)
    #expect(state.history.map(\.epoch) == [1, 2])
    #expect(state.history.map(\.iterations) == [5, 5])
  }

  @Test func `filters choose occurrences over the whole loop`() throws {
    let cases: [(EventFilter, [Int])] = [
      (.always, Array(1 ... 10)), (.every(3), [3, 6, 9]), (.every(1), Array(1 ... 10)),
      (.every(0), []),
      (.first, [1]), (.once(4), [4]), (.after(7), [8, 9, 10]), (.before(3), [1, 2]),
      (.after(2).and(.before(9)).and(.every(2)), [4, 6, 8]),
      (EventFilter { _, state in state.epoch == 2 && state.iteration == 5 }, [10]),
    ]
    for (filter, expected) in cases {
      let log = Log<Int>()
      _ = try Loop.training().on(.iterationCompleted, filter) { state in
        log.append(state.totalIterations)
        return .proceed
      }.run(over: regression().batches(of: 4), epochs: 2)
      #expect(log.entries == expected)
    }
    let log = Log<Int>()
    _ = try Loop.training().on(.epochCompleted, every: 2) { state in
      log.append(state.epoch)
      return .proceed
    }.run(over: regression().batches(of: 20), epochs: 5)
    #expect(log.entries == [2, 4])
  }

  @Test func `handlers run in the order of attachment until one does not proceed`() throws {
    let log = Log<Int>()
    func handler(_ number: Int, _ answer: LoopAction) -> LoopHandler {
      { state in
        if state.iteration == 2 { log.append(number) }
        return state.iteration == 2 ? answer : .proceed
      }
    }
    _ = try Loop.training()
      .on(.iterationCompleted, handler(1, .proceed))
      .on(.iterationCompleted, handler(2, .haltEpoch))
      .on(.iterationCompleted, handler(3, .proceed))
      .run(over: regression().batches(of: 4), epochs: 1)
    #expect(log.entries == [1, 2])
  }

  @Test(arguments: [
    LoopEvent.epochStarted, .iterationStarted, .iterationCompleted, .epochCompleted, .epochHalted,
  ])
  func `halting an epoch goes on with the next`(event: LoopEvent) throws {
    let (log, state) = try events(epochs: 3) { loop in
      loop.on(event) { state in state.epoch == 2 ? .haltEpoch : .proceed }
    }
    #expect(state.status == .completed)
    #expect(state.epoch == 3)
    #expect(state.history.map(\.epoch) == [1, 2, 3])
    let isHalted = event != .epochCompleted && event != .epochHalted
    #expect(state.history.map(\.isHalted) == [false, isHalted, false])
    let done =
      [LoopEvent.epochStarted: 0, .iterationStarted: 0, .iterationCompleted: 1][event] ?? 5
    #expect(state.history[1].iterations == done)
    #expect(log.filter { $0.hasPrefix("epochHalted") }.count == (isHalted ? 1 : 0))
    #expect(log.last == "completed 3.5")
    // What the halted epoch measured is kept.
    let loss = try #require(state.history[1].metrics["loss"])
    #expect(done > 0 ? loss.isFinite : loss.isNaN)
  }

  @Test(arguments: LoopEvent.allCases)
  func `halting the loop ends it`(event: LoopEvent) throws {
    let (log, state) = try events(epochs: 3) { loop in
      loop.on(event) { state in state.epoch == 2 || event == .started ? .haltLoop : .proceed }
        // So that every event happens.
        .on(.iterationCompleted) { state in
          event == .epochHalted && state.epoch == 2 && state.iteration == 3 ? .haltEpoch : .proceed
        }
    }
    if event == .halted || event == .completed {
      #expect(state.status == .completed && log.last == "completed 3.5")
      return
    }
    #expect(state.status == .halted)
    #expect(log.last?.hasPrefix("halted ") == true)
    #expect(state.epoch == (event == .started ? 0 : 2))
    #expect(state.history.count == state.epoch)
    if let record = state.history.last, record.iterations > 0 {
      #expect(record.metrics["loss"]?.isFinite == true)
      #expect(record.metrics == state.metrics)
    }
  }

  @Test func `handlers change the state`() throws {
    let parameters = try network.build().initialize(seed: 9).parameters.mapValues { $0 * 0 + 0.25 }
    let state = try Loop.training().on(.completed) { state in
      state.modelState.parameters = parameters
      return .proceed
    }.run(over: regression().batches(of: 4))
    #expect(state.modelState.parameters == parameters)
    // Replaced before a step, they are what is trained.
    let trained = try Loop.training(optimizer: .sgd(learningRate: 0)).on(
      .iterationStarted, .once(3)
    ) { state in
      state.modelState.parameters = parameters
      return .proceed
    }.run(over: regression().batches(of: 4))
    #expect(trained.modelState.parameters == parameters)
  }

  @Test func `what handlers throw comes out of run`() throws {
    struct Trouble: Error {}
    #expect(throws: Trouble.self) {
      try Loop.training().on(.iterationCompleted, .once(3)) { _ in throw Trouble() }
        .run(over: regression().batches(of: 4))
    }
  }

  @Test func `no epochs make the first state`() throws {
    let (log, state) = try events(epochs: 0)
    #expect(log == ["started 0.0", "completed 0.0"])
    #expect(state.modelState == (try network.build().initialize(seed: 0)))
    #expect(state.history.isEmpty)
  }

  @Test func `impossible runs are refused`() throws {
    let error = #expect(throws: LoopError.self) { try Loop.training().run(over: [Batch]()) }
    #expect("\(try #require(error))".contains("needs at least one batch"))
    #expect(throws: LoopError.self) {
      try Loop.training().run(over: regression().batches(of: 4), epochs: -1)
    }
    #expect(throws: LoopError.self) {
      try Loop.training().validate(on: [Batch]()).run(over: regression().batches(of: 4))
    }
    let other = try regression().rows
    #expect(throws: ModelError.self) {
      try Loop.training().run(over: [
        Batch(inputs: other.input.sum(alongAxes: [1]), targets: other.targets)
      ])
    }
  }
}
