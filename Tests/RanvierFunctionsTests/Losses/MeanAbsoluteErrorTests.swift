import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MeanAbsoluteErrorTests {
  @Test func `averages sizes of differences`() {
    let targets = Tensor([[1.0, 2], [3, 4]])
    let predictions = Tensor([[1.0, 4], [2, 4]])
    #expect(meanAbsoluteError(targets, predictions, reduction: .none) == Tensor([1.0, 0.5]))
    let slope = gradient(at: predictions) { meanAbsoluteError(targets, $0, reduction: .sum) }
    #expect(slope == Tensor([[0.0, 0.5], [-0.5, 0]]))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let targets = Tensor([0.3, -1, 0.6, 2, 0.1, -0.4], shape: [3, 2])
    let predictions = Tensor([0.1, 0.9, 1, 0, 0.4, 0.5], shape: [3, 2])
    expectGradientsMatch(at: [targets, predictions]) { meanAbsoluteError($0[0], $0[1]) }
  }
}
