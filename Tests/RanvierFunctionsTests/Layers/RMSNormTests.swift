import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct RMSNormTests {
  @Test(.tags(.golden)) func `equals PyTorch`() throws {
    try NormalizationOptions.expectGolden(kind: "rms", inputs: ["input", "scale"], count: 3) {
      rmsNorm($0[0], scale: $0[1], axes: $1.axes ?? [], epsilon: $1.epsilon)
    }
  }

  @Test func `has known values`() {
    let x = Tensor([[3.0, 4], [0, 0]])
    let root = (12.5 + 1e-6).squareRoot()
    expectClose(rmsNorm(x), Tensor([[3 / root, 4 / root], [0, 0]]), relative: 1e-12)
    expectClose(rmsNorm(x, scale: Tensor([2.0, -1]))[0], Tensor([6 / root, -4 / root]))
  }

  @Test func `a shift is added to the scale, in f32`() {
    let x = RandomKey(seed: 2).normal([3, 8])
    let scale = RandomKey(seed: 3).normal([8]) / 100
    expectClose(rmsNorm(x, scale: scale, shift: 1), rmsNorm(x, scale: scale + 1))
    #expect(rmsNorm(x, shift: 1) == rmsNorm(x), "without a scale there is nothing to shift")
    // 1 + 2^-12 is 1 in bf16.
    let short = Tensor(repeating: 0x1p-12, shape: [8]).cast(to: .bfloat16)
    #expect(
      rmsNorm(x, scale: short, shift: 1)
        == rmsNorm(x, scale: Tensor(repeating: 1 + 0x1p-12, shape: [8])))
    let narrow = rmsNorm(x.cast(to: .bfloat16), scale: short, shift: 1)
    #expect(narrow.elementType == .bfloat16)
  }

  @Test func `squares of 16 bits do not overflow`() {
    let x = Tensor([[300, -400]] as [[Float]]).cast(to: .float16)
    let output = rmsNorm(x)
    #expect(output.elementType == .float16)
    expectClose(
      output, Tensor([[3.0, -4]]) / 12.5.squareRoot(), relative: 1e-3)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let key = RandomKey(seed: 9)
    let x = key.normal([3, 4], elementType: .float64)
    let scale = key.derived(1).uniform([4], from: 0.5, to: 2, elementType: .float64)
    expectGradientsMatch(at: [x, scale], order: 2, "rmsNorm") { rmsNorm($0[0], scale: $0[1]) }
    let slope = gradient(at: Tensor.zeros([2, 4])) { rmsNorm($0).sum() }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
  }

  @Test func `says which shapes do not fit`() {
    expectError(
      rmsNorm(Tensor.ones([4, 3]), scale: Tensor.ones([4])),
      "rmsNorm needs a scale of shape [3], got [4] for x [4, 3] and axes [-1]")
    expectError(rmsNorm(Tensor(1.0)), "rmsNorm needs at least one axis, got [-1] for shape []")
  }
}
