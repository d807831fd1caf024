import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct MetricsTests {
  private func close(_ first: Double?, _ second: Double?, _ tolerance: Double = 1e-6) -> Bool {
    guard let first, let second else { return false }
    return abs(first - second) <= tolerance * max(1, abs(second))
  }

  @Test(arguments: [1, 3, 7, 20, 50])
  func `metrics over ragged batches equal the formula over all examples`(batchSize: Int) throws {
    let data = try regression()
    let (initialize, predict) = try network.build()
    let state = try initialize(seed: 4)
    let predictions = try predict(state, data.inputs)
    let result = try Loop.evaluator(network).metric(.meanAbsoluteError).metric(.meanSquaredError)
      .progress(.silent).run(over: data.batches(of: batchSize), from: state)
    for metric in [Metric.meanAbsoluteError, .meanSquaredError] {
      let expected = metric(data.targets, predictions).scalar(as: Double.self)
      #expect(close(result.metrics[metric.name], expected))
    }
    #expect(result.modelState == state, "evaluation changes nothing")
  }

  @Test func `weights count in metrics`() throws {
    let rows = try regression().rows
    let weights = RandomKey(seed: 2).uniform([20])
    let data = try Dataset(inputs: rows.inputs, targets: rows.targets, weights: weights)
    let (initialize, predict) = try network.build()
    let state = try initialize(seed: 4)
    let errors = abs(data.targets - (try predict(state, data.inputs))).squeezed()
    let result = try Loop.evaluator(network).metric(.meanAbsoluteError).progress(.silent)
      .run(over: data.batches(of: 6), from: state)
    let expected = ((errors * weights).sum() / weights.sum()).scalar(as: Double.self)
    #expect(close(result.metrics["mean_absolute_error"], expected))
  }

  @Test func `the loss metric is the mean over the examples of an epoch`() throws {
    let data = try regression(rows: 11)
    // Without learning, every epoch's loss is that of the first parameters.
    let state = try network.build().initialize(seed: 0)
    let expected = try #require(
      Loop.evaluator(network).metric(.meanSquaredError).progress(.silent)
        .run(over: data.batches(of: 11), from: state).metrics["mean_squared_error"])
    let result = try Loop.training(optimizer: .sgd(learningRate: 0)).run(
      over: data.batches(of: 4), epochs: 3, from: state)
    for record in result.history { #expect(close(record.metrics["loss"], expected)) }
  }

  @Test func `the loss metric does not lag`() throws {
    let log = Log<(batch: Double, mean: Double)>()
    _ = try Loop.training().on(.iterationCompleted) { state in
      log.append((state.batchLoss, state.metrics["loss"] ?? .nan))
      return .proceed
    }.run(over: regression(rows: 12).batches(of: 4), epochs: 2)
    let losses = log.entries.map(\.batch)
    for epoch in 0 ..< 2 {
      for batch in 1 ... 3 {
        let seen = losses[(3 * epoch) ..< (3 * epoch + batch)]
        #expect(close(log.entries[3 * epoch + batch - 1].mean, seen.reduce(0, +) / Double(batch)))
      }
    }
    #expect(losses[0] > losses[5])
  }

  @Test func `a loss of one number for a batch can be trained with`() throws {
    let loss = Loss("scalar") { targets, predictions in square(targets - predictions).mean() }
    let data = try regression().batches(of: 6)
    let scalar = try Loop.trainer(network, loss: loss, optimizer: .sgd(learningRate: 0.1))
      .progress(.silent).run(over: data, epochs: 2)
    let usual = try Loop.training().run(over: data, epochs: 2)
    #expect(close(scalar.metrics["loss"], usual.metrics["loss"]))
    #expect(scalar.modelState == usual.modelState)
  }

  @Test func `validation gives what an evaluator gives`() throws {
    let data = try regression(rows: 30)
    let held = try regression(rows: 13, seed: 8).batches(of: 5)
    let result = try Loop.training().metric(.meanAbsoluteError).validate(on: held)
      .run(over: data.batches(of: 10), epochs: 2)
    let evaluated = try Loop.evaluator(network).metric(.meanAbsoluteError).metric(.meanSquaredError)
      .progress(.silent).run(over: held, from: result.modelState)
    #expect(
      close(
        result.metrics["validation_mean_absolute_error"], evaluated.metrics["mean_absolute_error"],
        0))
    #expect(close(result.metrics["validation_loss"], evaluated.metrics["mean_squared_error"]))
    #expect(
      result.metricNames == [
        "loss", "mean_absolute_error", "validation_loss", "validation_mean_absolute_error",
      ])
    #expect(result.metrics.count == 4)
  }

  @Test func `validation does not influence training`() throws {
    let data = try regression().batches(of: 4)
    let model = noisyNetwork
    let with = try Loop.training(model).validate(on: data).run(over: data, epochs: 2)
    let without = try Loop.training(model).run(over: data, epochs: 2)
    #expect(with.modelState == without.modelState)
  }

  @Test func `validation every few epochs includes the last`() throws {
    let data = try regression().batches(of: 10)
    let result = try Loop.training().validate(on: data, every: 3).run(over: data, epochs: 8)
    let validated = result.history.filter { $0.metrics["validation_loss"] != nil }.map(\.epoch)
    #expect(validated == [3, 6, 8])
  }

  @Test func `handlers of completed epochs see validation`() throws {
    let data = try regression().batches(of: 10)
    let log = Log<Double>()
    let result = try Loop.training().validate(on: data).on(.epochCompleted) { state in
      log.append(state.metrics["validation_loss"] ?? .nan)
      return .proceed
    }.run(over: data, epochs: 3)
    #expect(log.entries == result.history.compactMap { $0.metrics["validation_loss"] })
    #expect(log.entries.count == 3)
  }

  @Test func `a metric of a known name replaces it`() throws {
    let result = try Loop.evaluator(network)
      .metric(.mean(of: "error") { abs($0 - $1) }).metric(.mean(of: "error") { 0 * ($0 - $1) + 7 })
      .progress(.silent).run(over: regression().batches(of: 6))
    #expect(result.metrics == ["error": 7])
  }

  @Test(arguments: [1, 3, 7, 20])
  func `metrics that need every score are exact over an epoch`(batchSize: Int) throws {
    let data = try yesAndNo()
    let (initialize, predict) = try network.build()
    let state = try initialize(seed: 4)
    let predictions = try predict(state, data.inputs)
    let result = try Loop.evaluator(network).metric(.areaUnderROC).metric(.confusionMatrix)
      .metric(.f1).metric(.r2).progress(.silent).run(over: data.batches(of: batchSize), from: state)
    for metric in [Metric.areaUnderROC, .f1, .r2] {
      let expected = metric(data.targets, predictions).scalar(as: Double.self)
      #expect(close(result.metrics[metric.name], expected), "\(metric)")
    }
    #expect(
      result.metricValues["confusion_matrix"]
        == Metric.confusionMatrix(data.targets, predictions))
    #expect(result.metrics["confusion_matrix"] == nil, "it is not a number")
  }

  @Test func `metrics whose states grow begin anew with every epoch`() throws {
    let data = try yesAndNo()
    // Without learning, all epochs are equal.
    let result = try Loop.training(optimizer: .sgd(learningRate: 0)).metric(.areaUnderROC)
      .metric(.precision(averaging: .none)).validate(on: data.batches(of: 9))
      .run(over: data.batches(of: 6), epochs: 3)
    let areas = result.history.map { $0.metrics["area_under_roc"] ?? .nan }
    #expect(areas.count == 3 && areas.allSatisfy { $0 == areas[0] && $0.isFinite })
    #expect(result.metrics["validation_area_under_roc"] == areas[0])
    #expect(
      result.validationValues["validation_precision"] == result.metricValues["precision"])
    #expect(result.validationMetrics["validation_precision"] == nil)
  }

  @Test func `metrics whose states grow need no new plan for each batch`() throws {
    let data = try yesAndNo()
    let model = try ResolvedModel(network)
    let step = TrainingStep(
      model: model, loss: .meanSquaredError, optimizer: .sgd(learningRate: 0.1),
      metrics: [.areaUnderROC, .confusionMatrix, .meanSquaredError])
    let key = RandomKey(seed: 1)
    var state = step.initialState(try network.build().initialize(key: key), key: key)
    let batches = try data.batches(of: 5)
    let plan = try step.plan(state, try batches.batch(0, epoch: 0))
    for index in 0 ..< 4 { _ = try step(&state, try batches.batch(index, epoch: 0)) }
    let later = try step.plan(state, batches.batch(0, epoch: 0))
    #expect(later === plan)
  }

  @Test func `metrics do not change training`() throws {
    let data = try yesAndNo().batches(of: 6)
    let plain = try Loop.training().run(over: data, epochs: 2)
    let measured = try Loop.training().metric(.areaUnderROC).metric(.f1).run(over: data, epochs: 2)
    #expect(plain.modelState == measured.modelState)
  }

  @Test func `a wrong metric says what is wrong`() throws {
    let data = try regression().batches(of: 6)
    let loop = Loop.evaluator(network).metric(.confusionMatrix(deciding: .labels()))
      .progress(.silent)
    #expect(throws: OperationError.self) { try loop.run(over: data) }
    let option = Loop.evaluator(network).metric(.topKAccuracy(0)).progress(.silent)
    #expect(throws: OperationError.self) { try option.run(over: data) }
  }

  @Test func `metrics of another name do not replace each other`() throws {
    let result = try Loop.evaluator(network).metric(.accuracy)
      .metric(.accuracy(threshold: -1e9).named("always_yes")).progress(.silent)
      .run(over: yesAndNo().batches(of: 6))
    #expect(Set(result.metrics.keys) == ["accuracy", "always_yes"])
  }

  /// Examples of which some say yes.
  private func yesAndNo() throws -> Dataset {
    let rows = try regression().rows
    return try Dataset(
      inputs: rows.inputs, targets: greater(rows.targets, 0.1).cast(to: .float32))
  }
}
