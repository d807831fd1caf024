import RanvierFunctions
import RanvierTensors
import Testing

@Test func `relu6 has derivative 0 at 0 and at 6`() {
  let x = Tensor([-1.0, 0, 2, 6, 7])
  #expect(relu6(x) == Tensor([0.0, 0, 2, 6, 6]))
  #expect(gradient(at: x) { relu6($0).sum() } == Tensor([0.0, 0, 1, 0, 0]))
}
