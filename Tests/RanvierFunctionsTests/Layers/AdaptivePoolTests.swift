import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct AdaptivePoolTests {
  let x = Tensor((0 ..< 5).map(Double.init), shape: [1, 5, 1])

  @Test func `chooses bins like PyTorch, or fixed windows like Axon`() {
    // 0 1 | 1 2 3 | 3 4
    #expect(adaptiveAveragePool(x, outputSize: [3]).flattened() == Tensor([0.5, 2, 3.5]))
    #expect(
      adaptiveAveragePool(x, outputSize: [3], windows: .fixed).flattened() == Tensor([1.0, 2, 3]))
    #expect(adaptiveMaxPool(x, outputSize: [3]).flattened() == Tensor([1.0, 3, 4]))
    #expect(
      adaptiveMaxPool(x, outputSize: [3], windows: .fixed).flattened() == Tensor([2.0, 3, 4]))
    #expect(adaptiveLpPool(x, outputSize: [3], norm: 1).flattened() == Tensor([1.0, 6, 7]))
    #expect(
      adaptiveLpPool(x, outputSize: [3], norm: 1, windows: .fixed).flattened()
        == Tensor([3.0, 6, 9]))
  }

  @Test func `keeps what has the size already, and averages integers in f32`() {
    #expect(adaptiveAveragePool(x, outputSize: [5]) == x)
    #expect(adaptiveMaxPool(x, outputSize: [5]) == x)
    let y = adaptiveAveragePool(x.cast(to: .int32), outputSize: [3])
    #expect(y.elementType == .float32 && y[0, 0, 0].scalar(as: Double.self) == 0.5)
    #expect(
      adaptiveLpPool(x, outputSize: [3], norm: .infinity) == adaptiveMaxPool(x, outputSize: [3]))
  }

  @Test func `says what does not fit`() {
    let rule = "spatial axes that are not empty, and a positive output size for each or one for all"
    for (operation, tensor) in [
      ("adaptiveAveragePool", adaptiveAveragePool(x, outputSize: [0])),
      ("adaptiveMaxPool", adaptiveMaxPool(x, outputSize: [0])),
      ("adaptiveLpPool", adaptiveLpPool(x, outputSize: [0])),
    ] {
      expectError(tensor, "\(operation) needs \(rule), got [0] for spatial sizes [5]")
    }
    expectError(
      adaptiveMaxPool(x, outputSize: [6], windows: .fixed),
      """
      adaptiveMaxPool needs \(rule), at most the axis's with fixed windows, got [6] for spatial \
      sizes [5]
      """)
    expectError(
      adaptiveLpPool(x, outputSize: [2], norm: -1), "adaptiveLpPool needs a norm above 0, got -1.0")
    #expect(adaptiveMaxPool(x, outputSize: [2, 2]).error != nil)
    #expect(adaptiveMaxPool(Tensor.ones([1, 0, 2]), outputSize: [2]).error != nil)
    #expect(adaptiveAveragePool(Tensor.ones([2]), outputSize: [2]).error != nil)
  }
}
