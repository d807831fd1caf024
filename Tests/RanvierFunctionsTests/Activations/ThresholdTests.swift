import RanvierFunctions
import RanvierTensors
import Testing

@Test func `threshold replaces what is not above it`() {
  let x = Tensor([-2.0, 0.5, 0.75])
  #expect(threshold(x, 0.5, value: 7) == Tensor([7, 7, 0.75]))
  #expect(gradient(at: x) { threshold($0, 0.5, value: 7).sum() } == Tensor([0.0, 0, 1]))
  #expect(Activation.threshold(0.5, value: 7)(x) == Tensor([7, 7, 0.75]))
  #expect(
    Activation.threshold(0.5, value: 7).description == "threshold(threshold: 0.5, value: 7.0)")
}
