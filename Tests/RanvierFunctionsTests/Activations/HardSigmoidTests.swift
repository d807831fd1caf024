import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct HardSigmoidTests {
  @Test(arguments: [ElementType.float32, .float64])
  func `has derivative 0 at its ends and alpha between them`(type: ElementType) {
    let x = Tensor([-4.0, -3, -2.5, 0, 2.5, 3, 4]).cast(to: type)
    expectClose(
      hardSigmoid(x), Tensor([0, 0, 1 / 12.0, 0.5, 11 / 12.0, 1, 1]), relative: 2e-7,
      absolute: 0)
    expectClose(
      gradient(at: x) { hardSigmoid($0).sum() },
      Tensor([0, 0, 1 / 6.0, 1 / 6.0, 1 / 6.0, 0, 0]), relative: 1e-7, absolute: 0)
  }

  @Test func `takes the constants of other libraries`() {
    let x = Tensor([-1.0, 0, 1, 4])
    expectClose(hardSigmoid(x, alpha: 0.2, beta: 0.2), Tensor([0, 0.2, 0.4, 1]))
    expectClose(hardSigmoid(x, alpha: 0.2), Tensor([0.3, 0.5, 0.7, 1]))
    #expect(
      Activation.hardSigmoid(alpha: 0.25, beta: 0).description
        == "hard_sigmoid(alpha: 0.25, beta: 0.0)")
  }
}
