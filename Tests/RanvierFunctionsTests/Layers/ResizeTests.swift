import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ResizeTests {
  let x = Tensor([0.0, 1, 2, 3], shape: [1, 4, 1])

  @Test func `takes half-pixel centres`() {
    func resized(_ size: Int, _ method: ResizeMethod, antialias: Bool = false) -> [Double] {
      resize(x, to: [size], method: method, antialias: antialias).scalars(as: Double.self)
    }
    #expect(resized(8, .nearest) == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(resized(3, .nearest) == [0, 2, 3])
    #expect(resized(8, .bilinear) == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])
    #expect(resized(2, .bilinear) == [0.5, 2.5])
    #expect(resized(2, .area) == [0.5, 2.5])
    // Triangles of twice the width: weights 3 3 1 and 1 3 3 over 7.
    expectClose(
      resize(x, to: [2], method: .bilinear).flattened(), Tensor([5.0 / 7, 16.0 / 7]),
      relative: 1e-14)
    expectClose(
      resize(x, to: [7], method: .bilinear, alignsCorners: true).flattened(),
      Tensor([0, 0.5, 1, 1.5, 2, 2.5, 3]), relative: 1e-14, absolute: 1e-15)
  }

  @Test(arguments: ResizeMethod.allCases)
  func `keeps constants, sizes and types`(method: ResizeMethod) {
    let ones = Tensor.ones([2, 5, 6, 3])
    for size in [[3, 4], [9, 2], [7]] {
      let y = resize(ones, to: size, method: method)
      #expect(y.shape == Shape([2, size[0], size.count > 1 ? size[1] : size[0], 3]))
      expectClose(y, Tensor.ones(y.shape), relative: 1e-6)
    }
    let image = RandomKey(seed: 1).normal([2, 5, 6, 3])
    #expect(resize(image, to: [5, 6], method: method) == image)
    let short = resize(image.cast(to: .bfloat16), to: [4, 9], method: method)
    #expect(short.elementType == .bfloat16)
    expectClose(
      short.cast(to: .float32), resize(image, to: [4, 9], method: method), relative: 2e-2,
      absolute: 2e-2)
  }

  @Test func `picks elements of any type`() {
    let mask = Tensor([true, false], shape: [1, 2, 1])
    #expect(resize(mask, to: [4]).flattened() == Tensor([true, true, false, false]))
    expectError(
      resize(mask, to: [4], method: .bilinear),
      "resize needs floating-point numbers, got bool[1, 2, 1]; convert with cast(to:)")
  }

  @Test func `says what does not fit`() {
    let rule =
      "resize needs spatial axes that are not empty, and a positive size for each or one for all"
    expectError(resize(x, to: [0]), rule + ", got [0] for spatial sizes [4]")
    expectError(resize(x, to: [2, 2]), rule + ", got [2, 2] for spatial sizes [4]")
    expectError(
      resize(Tensor.ones([1, 0, 2]), to: [2]), rule + ", got [2] for spatial sizes [0]")
    expectError(
      resize(x, to: [2], alignsCorners: true),
      "resize needs a method that interpolates, to align corners, got method nearest")
    #expect(resize(Tensor.ones([3]), to: [2]).error?.operation == "resize")
  }
}
