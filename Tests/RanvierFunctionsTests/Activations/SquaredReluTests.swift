import RanvierFunctions
import RanvierTensors
import Testing

@Test func `squared relu has a derivative without steps`() {
  let x = Tensor([-2.0, 0, 0.5, 3])
  #expect(squaredRelu(x) == Tensor([0.0, 0, 0.25, 9]))
  #expect(gradient(at: x) { squaredRelu($0).sum() } == Tensor([0.0, 0, 1, 6]))
}
