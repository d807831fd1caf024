import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MorphologyTests {
  let x = Tensor([1.0, 5, 2, 4], shape: [1, 4, 1])
  let kernel = Tensor([0.0, 1], shape: [2, 1])

  @Test func `takes the largest sum, or the smallest difference`() {
    #expect(morphologicalDilation(x, kernel).flattened() == Tensor([6.0, 5, 5]))
    #expect(morphologicalErosion(x, kernel).flattened() == Tensor([0.0, 2, 1]))
    #expect(
      morphologicalDilation(x, kernel, strides: [2], padding: .same).flattened()
        == Tensor([6.0, 5]))
  }

  @Test func `a flat kernel is a max pooling`() {
    let image = RandomKey(seed: 1).normal([2, 7, 6, 3])
    let flat = Tensor.zeros([3, 2, 3])
    #expect(
      morphologicalDilation(image, flat, strides: [2, 1], padding: .same)
        == maxPool(image, windowSize: [3, 2], strides: [2, 1], padding: .same))
  }

  @Test func `says what does not fit`() {
    expectError(
      morphologicalDilation(x, Tensor.zeros([2, 2])),
      """
      morphologicalDilation needs floating-point numbers and a kernel [1 sizes, 1 channels], got \
      x f64[1, 4, 1], kernel f32[2, 2]
      """)
    expectError(
      morphologicalErosion(x, Tensor.zeros([1])),
      """
      morphologicalErosion needs floating-point numbers and a kernel [1 sizes, 1 channels], got \
      x f64[1, 4, 1], kernel f32[1]
      """)
    #expect(
      morphologicalDilation(x, Tensor.zeros([5, 1])).error?.rule
        == "an input (with padding) at least as large as the kernel")
    #expect(morphologicalDilation(x, Tensor.zeros([0, 1])).error != nil)
    #expect(
      morphologicalErosion(Tensor.ones([2]), kernel).error?.operation == "morphologicalErosion")
  }
}
