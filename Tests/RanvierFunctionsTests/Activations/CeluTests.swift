import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `celu has derivative 1 on both sides of 0, for any alpha`() {
  for alpha in [0.1, 1, 4, -2] {
    let x = Tensor([-1e-12, 0, 1e-12])
    expectClose(
      gradient(at: x) { celu($0, alpha: alpha).sum() }, Tensor.ones([3]), relative: 1e-9)
    #expect(celu(Tensor([0.0]), alpha: alpha) == Tensor([0.0]))
  }
  expectClose(celu(Tensor([-1e4, 3]), alpha: 0.5), Tensor([-0.5, 3]))
  #expect(Activation.celu(alpha: 2).description == "celu(alpha: 2.0)")
}
