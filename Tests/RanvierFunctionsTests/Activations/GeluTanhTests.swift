import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GeluTanhTests {
  @Test func `is another function than gelu, but close to it`() {
    expectClose(
      geluTanh(Tensor([-1.0, 1])), Tensor([-0.1588080, 0.8411920]), relative: 0, absolute: 5e-8)
    let x = Tensor.linearlySpaced(from: -6, through: 6, count: 500, elementType: .float64)
    let distance = abs(geluTanh(x) - gelu(x)).max().scalar(as: Double.self)
    #expect(distance > 4e-4 && distance < 5e-4)
  }

  @Test func `does not overflow where cubes do`() {
    let x = Tensor([-3e38, 3e38] as [Float])
    #expect(geluTanh(x) == Tensor([0, 3e38] as [Float]))
    #expect(gradient(at: x) { geluTanh($0).sum() } == Tensor([0, 1] as [Float]))
  }
}
