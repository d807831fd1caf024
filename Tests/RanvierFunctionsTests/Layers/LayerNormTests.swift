import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// What a golden case of normalization is about.
struct NormalizationOptions: Decodable {
  var kind: String
  var axes: [Int]?
  var groups: Int?
  var epsilon: Double

  /// Expects a function of inputs and parameters to match all golden cases of a kind.
  static func expectGolden(
    kind: String, inputs: [String], count: Int,
    of function: @escaping @Sendable ([Tensor], NormalizationOptions) -> Tensor
  ) throws {
    let golden = try Golden("normalization")
    var found = 0
    for name in golden.cases {
      let options = try golden.options(name, as: NormalizationOptions.self)
      guard options.kind == kind else { continue }
      RanvierFunctionsTests.expectGolden(
        golden.tensors(name), inputs: inputs, absolute: 1e-5, name
      ) { function($0, options) }
      found += 1
    }
    #expect(found == count)
  }
}

@Suite struct LayerNormTests {
  @Test(.tags(.golden)) func `equals PyTorch`() throws {
    try NormalizationOptions.expectGolden(
      kind: "layer", inputs: ["input", "scale", "offset"], count: 7
    ) {
      layerNorm(
        $0[0], scale: $0[1], offset: $0[2], axes: $1.axes ?? [], epsilon: $1.epsilon)
    }
  }

  @Test func `has known values`() {
    let x = Tensor([[1.0, 2, 3, 6], [5, 5, 5, 5]])
    let deviation = (3.5 + 1e-5).squareRoot()
    expectClose(
      layerNorm(x), Tensor([[-2.0, -1, 0, 3], [0, 0, 0, 0]]) / deviation, relative: 1e-12,
      absolute: 0)
    expectClose(
      layerNorm(x, scale: Tensor([1.0, 2, 3, 4]), offset: Tensor([0.0, 0, 1, 0]))[0],
      Tensor([-2 / deviation, -2 / deviation, 1, 12 / deviation]), relative: 1e-12)
  }

  @Test func `takes axes in any order and from either end`() {
    let key = RandomKey(seed: 3)
    let x = key.normal([2, 3, 4, 5], mean: 2)
    let scale = key.derived(1).normal([3, 5])
    let expected = layerNorm(x, scale: scale, axes: [1, 3])
    #expect(layerNorm(x, scale: scale, axes: [-1, 1]) == expected)
    // The same with both axes moved to the end.
    let moved = layerNorm(
      x.transposed(permutation: [0, 2, 1, 3]), scale: scale, axes: [-2, -1])
    expectClose(moved.transposed(permutation: [0, 2, 1, 3]), expected)
  }

  @Test func `computes 16 bits in f32, and a far mean does no harm`() {
    let x = RandomKey(seed: 1).normal([8, 64], mean: 300).cast(to: .float16)
    let output = layerNorm(x)
    #expect(output.elementType == .float16)
    #expect(output == layerNorm(x.cast(to: .float32)).cast(to: .float16))
    let far = RandomKey(seed: 2).normal([4, 32]) + 10_000
    expectClose(
      layerNorm(far), layerNorm(far.cast(to: .float64)), relative: 1e-3, absolute: 1e-3)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let key = RandomKey(seed: 9)
    let x = key.normal([3, 4, 5], elementType: .float64)
    func vector(_ shape: Shape, _ number: UInt32) -> Tensor {
      key.derived(number).uniform(shape, from: 0.5, to: 2, elementType: .float64)
    }
    expectGradientsMatch(at: [x, vector([5], 1), vector([5], 2)], order: 2, "features") {
      layerNorm($0[0], scale: $0[1], offset: $0[2])
    }
    expectGradientsMatch(at: [x, vector([4], 3)], "middle") {
      layerNorm($0[0], scale: $0[1], axes: [1])
    }
    // A row without variance has finite derivatives.
    let slope = gradient(at: Tensor.ones([2, 4])) { (layerNorm($0) * Tensor.range(4)).sum() }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
  }

  @Test func `takes empty batches`() {
    #expect(layerNorm(Tensor.zeros([0, 3]), scale: Tensor.ones([3])).shape == [0, 3])
  }

  @Test func `says which shapes do not fit`() {
    let (x, two) = (Tensor.ones([4, 3]), Tensor.ones([2]))
    expectError(
      layerNorm(x, scale: two),
      "layerNorm needs a scale of shape [3], got [2] for x [4, 3] and axes [-1]")
    expectError(
      layerNorm(x, offset: two, axes: [0]),
      "layerNorm needs an offset of shape [4], got [2] for x [4, 3] and axes [0]")
    expectError(
      layerNorm(x, axes: [2]), "layerNorm needs an axis in -2 ..< 2, got [2] for shape [4, 3]")
    expectError(
      layerNorm(x, axes: [1, -1]),
      "layerNorm needs different axes in -2 ..< 2, got [1, -1] for shape [4, 3]")
    expectError(
      layerNorm(x, axes: []),
      "layerNorm needs floating-point numbers and at least one axis, got f32[4, 3] and axes []")
    expectError(
      layerNorm(Tensor.range(3)),
      "layerNorm needs floating-point numbers and at least one axis, got i32[3] and axes [-1]")
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(layerNorm(x, scale: wrong).error == wrong.error)
    #expect(layerNorm(wrong).error == wrong.error)
  }
}
