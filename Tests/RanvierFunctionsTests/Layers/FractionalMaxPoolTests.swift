import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct FractionalMaxPoolTests {
  let x = Tensor((0 ..< 10).map(Double.init), shape: [1, 10, 1])

  private func pooled(_ sample: Double, window: Int = 2, count: Int) -> [Double] {
    fractionalMaxPool(
      x, windowSize: [window], outputSize: [count], samples: Tensor([sample], shape: [1, 1, 1])
    ).scalars(as: Double.self)
  }

  @Test func `places windows by the sample, and the last at the end`() {
    // Starts 0, 2, 5, 8 and, shifted by half a step, floor((i + 0.5) * 8 / 3) - 1.
    #expect(pooled(0, count: 4) == [1, 3, 6, 9])
    #expect(pooled(0.5, count: 4) == [1, 4, 6, 9])
    #expect(pooled(0.9, window: 3, count: 1) == [9])
    #expect(pooled(0.7, window: 1, count: 10) == Array(0 ..< 10).map(Double.init))
  }

  @Test func `draws samples of each image and channel from a key`() {
    let key = RandomKey(seed: 7)
    let image = RandomKey(seed: 1).normal([3, 9, 8, 2])
    let y = fractionalMaxPool(image, windowSize: [2], outputSize: [6, 5], key: key)
    #expect(y.shape == [3, 6, 5, 2])
    #expect(y == fractionalMaxPool(image, windowSize: [2], outputSize: [6, 5], key: key))
    #expect(
      y
        == fractionalMaxPool(
          image, windowSize: [2, 2], outputSize: [6, 5], samples: key.uniform([3, 2, 2])))
    let same = Tensor(concatenating: [image[0 ..< 1], image[0 ..< 1]], alongAxis: 0)
    let z = fractionalMaxPool(same, windowSize: [2], outputSize: [6, 5], key: key)
    #expect(z[0] != z[1])
  }

  @Test func `says what does not fit`() {
    let samples = Tensor.zeros([1, 1, 1])
    let rule =
      "fractionalMaxPool needs windows that lie within the input, and a positive number of them "
      + "for each axis, at most the axis's size, got "
    expectError(
      fractionalMaxPool(x, windowSize: [11], outputSize: [2], samples: samples),
      rule + "windows [11], output [2] for spatial sizes [10]")
    expectError(
      fractionalMaxPool(x, windowSize: [1], outputSize: [11], samples: samples),
      rule + "windows [1], output [11] for spatial sizes [10]")
    expectError(
      fractionalMaxPool(x, windowSize: [1], outputSize: [], key: RandomKey(seed: 1)),
      rule + "windows [1], output [] for spatial sizes [10]")
    expectError(
      fractionalMaxPool(x, windowSize: [2], outputSize: [2], samples: Tensor.zeros([1, 2, 1])),
      """
      fractionalMaxPool needs samples [1 or 1, 1, 1 or 1] of floating-point numbers, got \
      f32[1, 2, 1]
      """)
    #expect(
      fractionalMaxPool(Tensor.ones([2]), windowSize: [2], outputSize: [2], key: RandomKey(seed: 1))
        .error != nil)
  }
}
