import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct GlobalPoolTests {
  let x = Tensor([1.0, 10, 2, 20, 3, 30, 6, 0], shape: [1, 2, 2, 2])

  @Test func `pools over all positions`() {
    #expect(globalAveragePool(x) == Tensor([[3.0, 15]]))
    #expect(globalMaxPool(x) == Tensor([[6.0, 30]]))
    #expect(globalAveragePool(x, keepingAxes: true).shape == [1, 1, 1, 2])
    #expect(globalMaxPool(x, keepingAxes: true).shape == [1, 1, 1, 2])
    #expect(globalLpPool(-x, norm: 1) == Tensor([[12.0, 60]]))
    #expect(globalLpPool(-x, norm: .infinity) == Tensor([[6.0, 30]]))
    #expect(globalLpPool(x, keepingAxes: true).shape == [1, 1, 1, 2])
  }

  @Test func `says what does not fit`() {
    let rule =
      "needs an input [batch, 1 to 3 spatial axes, channels], got f32[]; channels are the last axis"
    expectError(globalAveragePool(Tensor.ones([])), "globalAveragePool \(rule)")
    expectError(globalMaxPool(Tensor.ones([])), "globalMaxPool \(rule)")
    expectError(globalLpPool(Tensor.ones([])), "globalLpPool \(rule)")
    expectError(globalLpPool(x, norm: 0), "globalLpPool needs a norm above 0, got 0.0")
  }
}
