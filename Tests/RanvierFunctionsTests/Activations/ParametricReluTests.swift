import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ParametricReluTests {
  @Test func `has one slope for each channel, or one for all`() {
    let x = Tensor([[-1.0, -2], [3, -4]])
    let slope = Tensor([0.5, 0.25])
    #expect(prelu(x, slope: slope) == Tensor([[-0.5, -0.5], [3, -1]]))
    #expect(prelu(x, slope: slope, alongAxis: 0) == Tensor([[-0.5, -1], [3, -1]]))
    #expect(prelu(x, slope: Tensor(0.5)) == leakyRelu(x, alpha: 0.5))
    #expect(prelu(x, slope: Tensor([0.5])) == leakyRelu(x, alpha: 0.5))
    #expect(prelu(Tensor(-2.0), slope: Tensor(0.5)) == Tensor(-1.0))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() throws {
    let x = Tensor([-3.0, -1.2, -0.4, 0.3, 0.9, 2.6], shape: [2, 3])
    let check = try checkGradients(at: [x, Tensor([0.2, -0.4])], order: 2) {
      prelu($0[0], slope: $0[1], alongAxis: 0)
    }
    #expect(check.passes, "\(check)")
  }

  @Test func `is no harm to the slope where elements are infinite`() {
    let slope = gradient(at: Tensor([0.5, 0.5])) {
      prelu(Tensor([Double.infinity, -3]), slope: $0).sum()
    }
    #expect(slope == Tensor([0.0, -3]))
  }
}
