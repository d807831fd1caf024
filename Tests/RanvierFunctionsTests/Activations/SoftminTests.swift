import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SoftminTests {
  @Test func `is softmax of the opposite`() {
    let x = Tensor([[0.0, 1, 2], [4, -1, 3]])
    expectClose(softmin(x), softmax(x * -1), relative: 1e-15)
    expectClose(softmin(x, alongAxis: 0), softmax(x * -1, alongAxis: 0), relative: 1e-15)
  }

  @Test func `gives everything to minus infinity`() {
    #expect(softmin(Tensor([-Double.infinity, 0, .infinity])) == Tensor([1.0, 0, 0]))
  }
}
