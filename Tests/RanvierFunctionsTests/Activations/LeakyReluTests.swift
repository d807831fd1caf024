import RanvierFunctions
import RanvierTensors
import Testing

@Test func `leaky relu scales what is not positive`() {
  let x = Tensor([-2.0, 0, 3])
  #expect(leakyRelu(x, alpha: 0.5) == Tensor([-1.0, 0, 3]))
  #expect(gradient(at: x) { leakyRelu($0, alpha: 0.5).sum() } == Tensor([0.5, 0.5, 1]))
}
