import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BiasTests {
  @Test func `is added to each row`() {
    #expect(
      bias(Tensor([[1.0, 2], [3, 4]]), Tensor([10.0, 20])) == Tensor([[11.0, 22], [13, 24]]))
  }

  @Test func `says what does not fit`() {
    expectError(
      bias(Tensor.ones([2, 3]), Tensor.ones([2])), "bias needs a bias of shape [3], got [2]")
    expectError(bias(Tensor(1.0), Tensor.ones([2])), "bias needs x [..., features], got f64[]")
  }
}
