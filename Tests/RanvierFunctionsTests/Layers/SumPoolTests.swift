import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SumPoolTests {
  @Test func `adds up the windows`() {
    let x = Tensor([1.0, 2, 3, 4, 5], shape: [1, 5, 1])
    func y(_ strides: [Int]?, _ padding: Padding) -> [Double] {
      sumPool(x, windowSize: [2], strides: strides, padding: padding).scalars(as: Double.self)
    }
    #expect(y(nil, .valid) == [3, 7])
    #expect(y([1], .valid) == [3, 5, 7, 9])
    #expect(y([1], .explicit(1)) == [1, 3, 5, 7, 9, 5])
    #expect(sumPool(x.cast(to: .int8), windowSize: [2]).elementType == .int8)
  }

  @Test func `is the mean times the size of a window`() {
    let x = RandomKey(seed: 1).normal([2, 6, 5, 3], elementType: .float64)
    expectClose(
      sumPool(x, windowSize: [2, 3], strides: [1], padding: .same),
      averagePool(x, windowSize: [2, 3], strides: [1], padding: .same, countsPadding: true) * 6)
    expectGradientsMatch(at: [x]) { sumPool(sin($0[0]), windowSize: [2], padding: .same) }
  }

  @Test func `says what does not fit`() {
    #expect(sumPool(Tensor.ones([1, 3, 1]), windowSize: [4]).error?.operation == "sumPool")
    #expect(sumPool(Tensor.ones([3, 1]), windowSize: [2]).error?.operation == "sumPool")
  }
}
