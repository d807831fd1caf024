import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct AveragePoolTests {
  let x = Tensor([0.0, 1, 2], shape: [1, 3, 1])

  @Test func `leaves padding out unless told otherwise`() {
    let options = ([2], [1], Padding.same)
    #expect(
      averagePool(x, windowSize: options.0, strides: options.1, padding: options.2).flattened()
        == Tensor([0.5, 1.5, 2]))
    #expect(
      averagePool(
        x, windowSize: options.0, strides: options.1, padding: options.2, countsPadding: true
      ).flattened() == Tensor([0.5, 1.5, 1]))
  }

  @Test func `averages integers in f32, and padding alone to 0`() {
    let y = averagePool(
      Tensor([1, 2], shape: [1, 2, 1]), windowSize: [2], padding: .explicit(low: [2], high: [0]))
    #expect(y.flattened() == Tensor([0, 1.5] as [Float]))
  }

  @Test func `says what does not fit`() {
    #expect(averagePool(x, windowSize: [4]).error?.operation == "averagePool")
    #expect(averagePool(x, windowSize: [4], countsPadding: true).error?.operation == "averagePool")
    #expect(averagePool(x, windowSize: [1], strides: [-1]).error?.operation == "averagePool")
  }
}
