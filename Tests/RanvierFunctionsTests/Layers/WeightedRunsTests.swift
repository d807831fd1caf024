import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct WeightedRunsTests {
  @Test func `adds up runs along an axis`() {
    var runs = WeightedRuns(size: 3)
    runs.append(start: 1, weights: [1, 10])
    runs.append(start: 0, weights: [2])
    let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(runs.applied(to: x, alongAxis: 1) == Tensor([[32.0, 2], [65, 8]]))
    #expect(
      runs.applied(to: x.transposed(), alongAxis: 0) == Tensor([[32.0, 65], [2, 8]]))
    #expect(runs.applied(to: Tensor.zeros([0, 3]), alongAxis: 1).shape == [0, 2])
  }
}
