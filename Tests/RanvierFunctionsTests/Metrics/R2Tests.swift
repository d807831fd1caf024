import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct R2Tests {
  @Test func `1 for what is right, 0 for the mean`() {
    let targets = Tensor([1.0, 2, 3, 6])
    #expect(Metric.r2(targets, targets) == Tensor(1.0))
    #expect(Metric.r2(targets, Tensor([3.0, 3, 3, 3])) == Tensor(0.0))
    #expect(Metric.r2(targets, -targets).scalar(as: Double.self) < 0)
  }

  @Test func `equal targets have no variance to explain`() {
    let targets = Tensor(repeating: 0.1, shape: [7], elementType: .float64)
    #expect(Metric.r2(targets, targets + 1).scalar(as: Double.self).isNaN)
    #expect(Metric.r2(targets, targets).scalar(as: Double.self).isNaN)
    #expect(Metric.r2(Tensor([5.0]), Tensor([4.0])).scalar(as: Double.self).isNaN)
    // Two outputs, one of them constant.
    let two = Tensor([[1.0, 4], [2, 4]])
    let each = Metric.r2(averaging: .none)(two, two).scalars(as: Double.self)
    #expect(each[0] == 1 && each[1].isNaN)
  }

  @Test func `a large offset costs no digits`() {
    let targets = RandomKey(seed: 1).uniform([50], elementType: .float64)
    let predictions = targets + RandomKey(seed: 2).uniform([50], elementType: .float64) * 0.1
    let expected = Metric.r2(targets, predictions)
    let metric = Metric.r2
    var state = metric.initialize()
    for start in stride(from: 0, to: 50, by: 7) {
      let range = start ..< min(start + 7, 50)
      state = metric.accumulate(state, targets[range] + 1e6, predictions[range] + 1e6, nil)
    }
    expectClose(metric.finalize(state), expected, relative: 1e-8, absolute: 0)
  }
}
