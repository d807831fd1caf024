import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LpPoolTests {
  let x = Tensor([3.0, -4, 0, 0, -1, 2], shape: [1, 6, 1])

  @Test func `takes magnitudes, so that odd orders of negative elements are norms`() {
    func pooled(_ norm: Double) -> Tensor { lpPool(x, windowSize: [2], norm: norm).flattened() }
    expectClose(pooled(2), Tensor([5, 0, 5.0.squareRoot()]), relative: 1e-15)
    expectClose(pooled(1), Tensor([7.0, 0, 3]))
    expectClose(pooled(3), cbrt(Tensor([91.0, 0, 9])), relative: 1e-14)
    expectClose(pooled(.infinity), Tensor([4.0, 0, 2]))
  }

  @Test(arguments: [1, 1.5, 2, 3, .infinity])
  func `has finite derivatives where the norm is zero`(norm: Double) {
    let gradients = gradient(at: x) { lpPool($0, windowSize: [2], norm: norm).sum() }
    #expect(gradients.scalars(as: Double.self).allSatisfy { $0.isFinite })
    if norm != 1, norm != .infinity {
      #expect(gradients[.all, 2 ..< 4] == Tensor.zeros([1, 2, 1], elementType: .float64))
    }
  }

  @Test func `computes integers in f32 and 16 bits rounding once`() {
    let y = lpPool(Tensor([3, -4], shape: [1, 2, 1]), windowSize: [2])
    #expect(y == Tensor([5 as Float], shape: [1, 1, 1]))
    #expect(lpPool(x.cast(to: .bfloat16), windowSize: [2]).elementType == .bfloat16)
    let large = Tensor([300.0, 400], shape: [1, 2, 1]).cast(to: .float16)
    #expect(lpPool(large, windowSize: [2]).flattened().scalars(as: Double.self) == [500])
  }

  @Test func `gives windows of padding alone the norm 0`() {
    let y = lpPool(
      x, windowSize: [2], norm: .infinity, padding: .explicit(low: [2], high: [0])
    ).flattened()
    #expect(y == Tensor([0.0, 4, 0, 2]))
  }

  @Test func `says what does not fit`() {
    expectError(lpPool(x, windowSize: [2], norm: 0), "lpPool needs a norm above 0, got 0.0")
    #expect(lpPool(x, windowSize: [2], norm: .nan).error?.rule == "a norm above 0")
    #expect(lpPool(x, windowSize: [9]).error?.operation == "lpPool")
    #expect(lpPool(x, windowSize: [9], norm: .infinity).error?.operation == "lpPool")
  }
}
