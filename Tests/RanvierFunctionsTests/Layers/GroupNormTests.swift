import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GroupNormTests {
  @Test(.tags(.golden)) func `equals PyTorch`() throws {
    try NormalizationOptions.expectGolden(
      kind: "group", inputs: ["input", "scale", "offset"], count: 4
    ) {
      groupNorm(
        $0[0], groups: $1.groups ?? 0, scale: $0[1], offset: $0[2], epsilon: $1.epsilon)
    }
  }

  @Test func `one group of a row is a layer normalization`() {
    let x = RandomKey(seed: 1).normal([4, 6], mean: 3)
    expectClose(groupNorm(x, groups: 1), layerNorm(x))
    let image = RandomKey(seed: 2).normal([2, 3, 4, 6])
    expectClose(groupNorm(image, groups: 1), layerNorm(image, axes: [1, 2, 3]))
  }

  @Test func `neighbouring channels make a group, and 16 bits are computed in f32`() {
    let x = RandomKey(seed: 1).normal([4, 5, 6]).cast(to: .bfloat16)
    let output = groupNorm(x, groups: 2)
    #expect(output.elementType == .bfloat16)
    #expect(output == groupNorm(x.cast(to: .float32), groups: 2).cast(to: .bfloat16))
    let first = groupNorm(x[.ellipsis, 0 ..< 3], groups: 1)
    #expect(output[.ellipsis, 0 ..< 3] == first)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let key = RandomKey(seed: 9)
    let x = key.normal([2, 3, 4], elementType: .float64)
    let vectors = (1 ..< 3).map {
      key.derived(UInt32($0)).uniform([4], from: 0.5, to: 2, elementType: .float64)
    }
    expectGradientsMatch(at: [x] + vectors, "groupNorm") {
      groupNorm($0[0], groups: 2, scale: $0[1], offset: $0[2])
    }
  }

  @Test func `says which shapes do not fit`() {
    let x = Tensor.ones([4, 6])
    for groups in [0, 4, -1] {
      expectError(
        groupNorm(x, groups: groups),
        """
        groupNorm needs x [batch, ..., channels] and a number of groups that divides the \
        channels, got \(groups) groups of x [4, 6]
        """)
    }
    expectError(
      groupNorm(x, groups: 2, scale: Tensor.ones([2])),
      "groupNorm needs a scale of shape [6], got [2] for x [4, 6] and axes [-1]")
  }
}
