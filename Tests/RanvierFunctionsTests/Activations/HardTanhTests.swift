import RanvierFunctions
import RanvierTensors
import Testing

@Test func `hard tanh limits elements, with derivative 0 at both ends`() {
  let x = Tensor([-2.0, -1, -0.5, 0, 1, 3])
  #expect(hardTanh(x) == Tensor([-1, -1, -0.5, 0, 1, 1]))
  #expect(gradient(at: x) { hardTanh($0).sum() } == Tensor([0.0, 0, 1, 1, 0, 0]))
  #expect(hardTanh(x, from: -0.5, to: 2) == Tensor([-0.5, -0.5, -0.5, 0, 1, 2]))
  #expect(Activation.hardTanh(from: 0, to: 2)(x) == Tensor([0.0, 0, 0, 0, 1, 2]))
}
