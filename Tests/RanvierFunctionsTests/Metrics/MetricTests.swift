import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MetricTests {
  @Test func `every metric of the catalog is in the table`() {
    let names = Set(MetricCase.all.map(\.metric.name))
    #expect(Metric.catalog.allSatisfy { names.contains($0.name) })
  }

  @Test(arguments: MetricCase.all)
  func `values are numbers that tell predictions apart`(row: MetricCase) {
    let whole = row.value(row.data)
    #expect(whole.error == nil && isFinite(whole).all() == Tensor(true), "\(whole)")
    let other = MetricData(
      targets: row.data.targets, predictions: row.data.gathered(MetricCase.shuffled).predictions)
    #expect(row.value(other) != whole)
  }

  @Test(arguments: MetricCase.all)
  func `any division into batches gives the same`(row: MetricCase) {
    for weights in [nil, MetricData.weights] {
      let whole = row.value(row.data, weights)
      for size in [1, 5, 36, 37] {
        var state = row.metric.initialize()
        for start in stride(from: 0, to: 37, by: size) {
          let range = start ..< min(start + size, 37)
          let batch = row.data[range]
          state = row.metric.accumulate(
            state, batch.targets, batch.predictions, weights.map { $0[range] })
        }
        expectClose(
          row.metric.finalize(state), whole, relative: 1e-6, absolute: 1e-12,
          "batches of \(size)")
      }
    }
  }

  @Test(arguments: MetricCase.all)
  func `merged states equal one pass, in any order`(row: MetricCase) {
    let metric = row.metric
    let parts = [0 ..< 11, 11 ..< 11, 11 ..< 30, 30 ..< 37].map { range in
      let part = row.data[range]
      return metric.accumulate(
        metric.initialize(), part.targets, part.predictions, MetricData.weights[range])
    }
    let whole = row.value(row.data, MetricData.weights)
    let left = parts.reduce(metric.initialize(), metric.merge)
    let right = metric.merge(
      metric.merge(parts[3], parts[1]),
      metric.merge(parts[2], metric.merge(parts[0], metric.initialize())))
    for merged in [left, right] {
      expectClose(metric.finalize(merged), whole, relative: 1e-6, absolute: 1e-12)
    }
  }

  @Test(arguments: MetricCase.all)
  func `the order of examples does not matter`(row: MetricCase) {
    expectClose(
      row.value(row.data.gathered(MetricCase.shuffled)), row.value(row.data), relative: 1e-6,
      absolute: 1e-12)
  }

  @Test(arguments: MetricCase.all)
  func `compiled values equal those that are not`(row: MetricCase) throws {
    let metric = row.metric
    let (targets, predictions) = (row.data.targets, row.data.predictions)
    let compiled = compile { (tensors: [Tensor]) in
      metric(tensors[0], tensors[1], weights: tensors.count > 2 ? tensors[2] : nil)
    }
    expectClose(try compiled([targets, predictions]), row.value(row.data), absolute: 1e-7)
    expectClose(
      try compiled([targets, predictions, MetricData.weights]),
      row.value(row.data, MetricData.weights), absolute: 1e-7)
  }

  @Test(arguments: MetricCase.all)
  func `compiled steps carry states from batch to batch`(row: MetricCase) throws {
    let metric = row.metric
    let step = compileUpdate { (state: inout Parameters, batch: [Tensor]) in
      state = metric.accumulate(state, batch[0], batch[1], nil)
      return Tensor(0)
    }
    var state = metric.initialize()
    for range in [0 ..< 12, 12 ..< 24, 24 ..< 37] {
      let batch = row.data[range]
      _ = try step(&state, [batch.targets, batch.predictions])
    }
    expectClose(metric.finalize(state), row.value(row.data), absolute: 1e-7)
  }

  @Test(arguments: MetricCase.all)
  func `whole numbers as weights count as repetitions`(row: MetricCase) {
    let times = MetricData.weights.scalars(as: Float.self)
    let repeated = times.indices.flatMap { [Int](repeating: $0, count: Int(times[$0])) }
    let expected = row.value(row.data.gathered(repeated))
    expectClose(
      row.value(row.data, MetricData.weights), expected, relative: 1e-6, absolute: 1e-12)
    expectClose(
      row.value(row.data, MetricData.weights.cast(to: .int32)), expected, relative: 1e-6,
      absolute: 1e-12)
  }

  @Test(arguments: MetricCase.all)
  func `a mask leaves examples out, whatever they hold`(row: MetricCase) {
    let mask = less(Tensor.range(37), 20)
    let part = row.value(row.data[0 ..< 20])
    func spoiled(_ x: Tensor) -> Tensor {
      let missing = [Int](repeating: 1, count: x.rank - 1)
      let isKept = mask.reshaped(to: Shape([37] + missing))
      return x.elementType.isFloatingPoint
        ? select(isKept, x, Double.nan) : x.elementType == .bool ? x : select(isKept, x, -7)
    }
    let data = MetricData(
      targets: spoiled(row.data.targets), predictions: spoiled(row.data.predictions))
    expectClose(row.value(data, mask), part, relative: 1e-6, absolute: 1e-12)
    expectClose(
      row.value(data, mask.cast(to: .float32)), part, relative: 1e-6, absolute: 1e-12)
  }

  @Test(arguments: MetricCase.all)
  func `weights may have more leading axes`(row: MetricCase) {
    // [37, ...] as [1, 37, ...], which has more axes before the classes, if they are on an axis.
    guard row.data.predictions.rank > 1 else { return }
    let data = MetricData(
      targets: row.data.targets.expandedDimension(at: 0),
      predictions: row.data.predictions.expandedDimension(at: 0))
    let weights = MetricData.weights.expandedDimension(at: 0)
    expectClose(
      row.value(data, weights), row.value(row.data, MetricData.weights), relative: 1e-6,
      absolute: 1e-12)
  }

  @Test(arguments: MetricCase.all)
  func `without examples values are not a number, or 0 for counts`(row: MetricCase) {
    let nothing = row.metric.finalize(row.metric.initialize())
    let none = row.value(row.data[0 ..< 0])
    let left = row.value(row.data, Tensor.zeros([37]))
    for value in [nothing, none, left] {
      let numbers = value.scalars(as: Double.self)
      #expect(numbers.allSatisfy { row.empty.isNaN ? $0.isNaN : $0 == 0 }, "\(value)")
    }
  }

  @Test(arguments: MetricCase.all)
  func `errors are passed on`(row: MetricCase) {
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    let (targets, predictions) = (row.data.targets, row.data.predictions)
    #expect(row.metric(wrong, predictions).error == wrong.error)
    #expect(row.metric(targets, wrong).error == wrong.error)
    #expect(row.metric(targets, predictions, weights: wrong).error == wrong.error)
    #expect(row.metric(targets, predictions[0 ..< 5]).error != nil)
    #expect(row.metric(targets, predictions, weights: Tensor.ones([5])).error != nil)
    // An error in one batch is not forgotten with the next.
    let state = row.metric.accumulate(row.metric.initialize(), wrong, predictions, nil)
    #expect(
      row.metric.finalize(row.metric.accumulate(state, targets, predictions, nil)).error
        == wrong.error)
  }

  @Test func `can be one's own`() {
    let largest = Metric(
      "largest_error", initialize: { ["value": Tensor(0.0)] },
      accumulate: { state, targets, predictions, _ in
        ["value": maximum(state["value"], abs(targets - predictions).max())]
      },
      merge: { ["value": maximum($0["value"], $1["value"])] }, finalize: { $0["value"] })
    #expect(largest(Tensor([1.0, 5]), Tensor([2.0, 2])) == Tensor(3.0))
    #expect("\(largest)" == "largest_error")
  }

  @Test func `can have other names and values`() {
    let percent = Metric.accuracy.mapped("percent") { $0 * 100 }
    #expect(percent.name == "percent")
    #expect(percent(Tensor([1, 0]), Tensor([0.9, 0.8])) == Tensor(50.0))
    #expect(Metric.accuracy.named("hits").description == "hits")
    #expect(Metric.accuracy.named("hits")(Tensor([1, 0]), Tensor([0.9, 0.8])) == Tensor(0.5))
  }
}

extension MetricCase {
  /// The positions of all examples in another order.
  static let shuffled = (0 ..< 37).map { $0 * 16 % 37 }

  func value(_ data: MetricData, _ weights: Tensor? = nil) -> Tensor {
    metric(data.targets, data.predictions, weights: weights)
  }
}
