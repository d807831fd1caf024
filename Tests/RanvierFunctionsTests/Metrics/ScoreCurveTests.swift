import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ScoreCurveTests {
  @Test func `areas of small examples`() {
    let (targets, scores) = (Tensor([0, 0, 1, 1]), Tensor([0.1, 0.4, 0.35, 0.8]))
    #expect(Metric.areaUnderROC(targets, scores) == Tensor(0.75))
    expectClose(Metric.averagePrecision(targets, scores), Tensor(5 / 6.0), relative: 1e-12)
    // Equal scores are one point: half of each pair counts, and no order decides.
    let equal = Tensor.ones([4])
    #expect(Metric.areaUnderROC(targets, equal) == Tensor(0.5))
    #expect(Metric.averagePrecision(targets, equal) == Tensor(0.5))
    #expect(Metric.areaUnderROC(targets, targets.cast(to: .float32)) == Tensor(1.0))
    #expect(Metric.areaUnderROC(targets, -targets.cast(to: .float32)) == Tensor(0.0))
  }

  @Test func `only the order of scores matters`() {
    let (targets, scores) = (MetricData.binary.targets, MetricData.binary.predictions)
    for metric in [Metric.areaUnderROC, .averagePrecision] {
      #expect(metric(targets, log(scores) * 1e6 - 1e8) != metric(targets, -scores))
      #expect(metric(targets, log(scores / (1 - scores))) == metric(targets, scores))
    }
  }

  @Test func `areas are the data set's, not averages over batches`() {
    // Each batch is ordered perfectly, both together are not.
    let metric = Metric.areaUnderROC
    var state = metric.initialize()
    state = metric.accumulate(state, Tensor([0, 1]), Tensor([0.1, 0.2]), nil)
    state = metric.accumulate(state, Tensor([0, 1]), Tensor([0.8, 0.9]), nil)
    #expect(metric.finalize(state) == Tensor(0.75))
  }

  @Test func `without both kinds areas are not numbers`() {
    let scores = Tensor([0.1, 0.4, 0.3])
    for targets in [Tensor([0, 0, 0]), Tensor([1, 1, 1])] {
      #expect(Metric.areaUnderROC(targets, scores).scalar(as: Double.self).isNaN)
    }
    #expect(Metric.averagePrecision(Tensor([0, 0, 0]), scores).scalar(as: Double.self).isNaN)
    #expect(Metric.averagePrecision(Tensor([1, 1, 1]), scores) == Tensor(1.0))
    // One class of three is missing: its own area, and every mean with it.
    let (classes, table) = (
      Tensor([0, 1, 0]), Tensor([[0.9, 0.1, 0], [0, 1, 0], [0.2, 0.8, 0]])
    )
    let each = Metric.areaUnderROC(averaging: .none)(classes, table).scalars(as: Double.self)
    #expect(each[0] == 1 && each[1] == 1 && each[2].isNaN)
    #expect(Metric.areaUnderROC(classes, table).scalar(as: Double.self).isNaN)
  }

  @Test func `a score that is not a number gives not-a-number`() {
    let (targets, scores) = (Tensor([0, 1, 1]), Tensor([0.1, Float.nan, 0.3]))
    for points in [CurvePoints.all, .thresholds(5)] {
      let metric = Metric.areaUnderROC(points: points)
      #expect(metric(targets, scores).scalar(as: Double.self).isNaN)
      #expect(metric(targets, scores, weights: Tensor([1, 0, 1])) == Tensor(1.0))
    }
  }

  @Test func `more thresholds come closer to the exact area`() {
    let targets = less(RandomKey(seed: 1).uniform([2000]), 0.3)
    let noise = RandomKey(seed: 2).uniform([2000])
    let scores = noise * 0.7 + targets.cast(to: .float32) * 0.3
    for metric in [Metric.areaUnderROC, .averagePrecision] {
      let exact = metric(targets, scores).scalar(as: Double.self)
      let errors = [5, 200].map { count in
        let coarse =
          metric.name == "area_under_roc"
          ? Metric.areaUnderROC(points: .thresholds(count))
          : .averagePrecision(points: .thresholds(count))
        return Swift.abs(coarse(targets, scores).scalar(as: Double.self) - exact)
      }
      #expect(errors[0] < 0.1 && errors[1] < 0.005 && errors[1] < errors[0], "\(metric)")
    }
  }

  @Test func `thresholds have a state of constant size`() throws {
    let metric = Metric.areaUnderROC(points: .thresholds(10))
    let first = metric.accumulate(metric.initialize(), Tensor([0, 1]), Tensor([0.1, 0.2]), nil)
    let second = metric.accumulate(first, Tensor([0, 1, 1]), Tensor([0.0, 1, 7]), nil)
    #expect(first["positives"].shape == [1, 10] && second["positives"].shape == [1, 10])
    #expect(second["positives"].sum() == Tensor(3.0), "scores outside count as 0 or 1")
  }

  @Test func `pieces of a state are few, and no score is lost`() {
    let metric = Metric.areaUnderROC
    var state = metric.initialize()
    for index in 0 ..< 300 {
      let score = Tensor([Float(index) / 300])
      state = metric.accumulate(state, Tensor([index % 3 == 0]), score, nil)
      let sizes = state.paths.filter { $0.hasSuffix("scores") }.map { state[$0].count }
      #expect(sizes.reduce(0, +) == index + 1)
      #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= 2 * $1 }, "\(sizes)")
    }
  }

  @Test func `minus zero equals zero`() {
    #expect(Metric.areaUnderROC(Tensor([1, 0]), Tensor([-0.0, 0.0])) == Tensor(0.5))
    #expect(Metric.areaUnderROC(Tensor([1, 0]), Tensor([0.0, -0.0])) == Tensor(0.5))
  }

  @Test func `infinite scores are the last or the first`() {
    let scores = Tensor([-Float.infinity, 0, .infinity])
    #expect(Metric.areaUnderROC(Tensor([0, 0, 1]), scores) == Tensor(1.0))
    #expect(Metric.areaUnderROC(Tensor([1, 0, 0]), scores) == Tensor(0.0))
  }
}
