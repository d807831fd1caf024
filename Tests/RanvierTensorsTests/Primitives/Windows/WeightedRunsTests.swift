import RanvierTensors
import Testing

@Suite struct WeightedRunsTests {
  @Test func `keeps runs in order`() {
    var runs = WeightedRuns(size: 3)
    runs.append(start: 1, weights: [1, 10])
    runs.append(start: 0, weights: [])
    #expect(runs.count == 2 && runs.starts == [1, 0] && runs.weights == [[1, 10], []])
    #expect(WeightedRuns.identity(2).weights == [[1], [1]])
  }
}
