import Foundation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// An initializer with the moments and limits that its elements must have.
struct InitializerCase: Sendable, CustomTestStringConvertible {
  let initializer: Initializer
  let shape: Shape
  var layout = KernelLayout.dense
  var mean = 0.0
  let variance: Double
  /// The largest distance from the mean, in standard deviations of the elements.
  let limit: Double
  var testDescription: String { "\(initializer) \(shape)" }

  /// Truncation at two standard deviations of the wider normal distribution.
  static let truncated = 2 / remaining
  static let remaining = 0.87962566103423978
  static let uniform = 3.0.squareRoot()

  static let all = dense + layouts

  static let dense = [
    InitializerCase(initializer: .uniform, shape: [400, 500], variance: 1e-4 / 3, limit: uniform),
    InitializerCase(
      initializer: .uniform(scale: 2), shape: [200_000], variance: 4 / 3.0, limit: uniform),
    InitializerCase(initializer: .normal, shape: [400, 500], variance: 1e-4, limit: 8),
    InitializerCase(
      initializer: .normal(mean: 3, standardDeviation: 0.5), shape: [400, 500], mean: 3,
      variance: 0.25, limit: 8),
    InitializerCase(
      initializer: .glorotUniform, shape: [400, 500], variance: 2 / 900.0, limit: uniform),
    InitializerCase(
      initializer: .glorotNormal, shape: [400, 500], variance: 2 / 900.0, limit: truncated),
    InitializerCase(
      initializer: .glorotUniform, shape: [3, 5, 100, 140], variance: 2 / 3600.0, limit: uniform),
    InitializerCase(
      initializer: .heUniform, shape: [3, 5, 100, 140], variance: 2 / 1500.0, limit: uniform),
    InitializerCase(
      initializer: .heNormal, shape: [7, 200, 150], variance: 2 / 1400.0, limit: truncated),
    InitializerCase(
      initializer: .lecunUniform, shape: [100, 2000], variance: 0.01, limit: uniform),
    InitializerCase(
      initializer: .lecunNormal, shape: [2, 2, 2, 25, 1000], variance: 1 / 200.0, limit: truncated),
    InitializerCase(
      initializer: .glorotUniform, shape: [200_000], variance: 1 / 200_000.0, limit: uniform),
    InitializerCase(
      initializer: .truncatedNormal(mean: 2, standardDeviation: 0.5), shape: [200_000], mean: 2,
      variance: 0.25 * remaining * remaining, limit: truncated),
    InitializerCase(
      initializer: .heNormal(gain: 0.5), shape: [400, 500], variance: 0.25 * 2 / 400,
      limit: truncated),
    InitializerCase(
      initializer: .glorotUniform(gain: 5 / 3.0), shape: [400, 500],
      variance: 25 / 9.0 * 2 / 900, limit: uniform),
    InitializerCase(
      initializer: .lecunNormal(gain: 3), shape: [400, 500], variance: 9 / 400.0,
      limit: truncated),
    InitializerCase(
      initializer: .varianceScaling, shape: [400, 500], variance: 1 / 400.0, limit: truncated),
    InitializerCase(
      initializer: .varianceScaling(scale: 3, fan: .outputs, distribution: .uniform),
      shape: [400, 500], variance: 3 / 500.0, limit: uniform),
    InitializerCase(
      initializer: .varianceScaling(scale: 0.5, fan: .average, distribution: .normal),
      shape: [400, 500], variance: 0.5 / 450, limit: 8),
  ]

  /// Fans of every kind of kernel.
  static let layouts = [
    // Of 8 groups, each with 16 inputs and 32 outputs.
    InitializerCase(
      initializer: .heNormal, shape: [3, 5, 16, 256], layout: .convolution(groups: 8),
      variance: 2 / 240.0, limit: truncated),
    InitializerCase(
      initializer: .glorotUniform, shape: [3, 5, 16, 256], layout: .convolution(groups: 8),
      variance: 2 / (240.0 + 480), limit: uniform),
    // A depthwise convolution of 1000 channels: each output sees one channel's window.
    InitializerCase(
      initializer: .glorotNormal, shape: [10, 10, 1, 1000], layout: .convolution(groups: 1000),
      variance: 2 / 200.0, limit: truncated),
    InitializerCase(
      initializer: .heUniform, shape: [3, 5, 64, 128], layout: .transposedConvolution(groups: 1),
      variance: 2 / (15 * 128.0), limit: uniform),
    InitializerCase(
      initializer: .glorotNormal, shape: [3, 5, 64, 128],
      layout: .transposedConvolution(groups: 4), variance: 2 / (15 * 32.0 + 15 * 64),
      limit: truncated),
    InitializerCase(
      initializer: .lecunNormal, shape: [50, 40, 60], layout: .bilinear, variance: 1 / 2400.0,
      limit: truncated),
    InitializerCase(
      initializer: .glorotUniform, shape: [50, 40, 60], layout: .bilinear,
      variance: 2 / (2400.0 + 50), limit: uniform),
    InitializerCase(
      initializer: .lecunNormal, shape: [2000, 100], layout: .embedding, variance: 1,
      limit: truncated),
    InitializerCase(
      initializer: .varianceScaling(scale: 1, fan: .outputs), shape: [2000, 100],
      layout: .embedding, variance: 0.01, limit: truncated),
  ]
}

@Suite struct InitializerTests {
  static let key = RandomKey(seed: 11)

  @Test(arguments: InitializerCase.all)
  func `has the mean, variance and range of its distribution`(row: InitializerCase) {
    let values = row.initializer(row.shape, key: Self.key, layout: row.layout)
    #expect(values.type == TensorType(.float32, row.shape))
    let wide = values.cast(to: .float64)
    let deviation = row.variance.squareRoot()
    // Five standard errors: of n numbers, the mean's is sqrt(variance / n), and the variance's at
    // most that of normal numbers, variance * sqrt(2 / n).
    let count = Double(row.shape.count)
    expectClose(
      wide.mean(), Tensor(row.mean), relative: 0, absolute: 5 * deviation / count.squareRoot())
    expectClose(
      wide.variance(), Tensor(row.variance), relative: 5 * (2 / count).squareRoot(), absolute: 0)
    let largest = abs(wide - row.mean).max().scalar(as: Double.self) / deviation
    #expect(largest <= row.limit * 1.000001)
    if row.limit < 3 { #expect(largest > row.limit * 0.99) }
  }

  @Test(.tags(.golden)) func `equals JAX's numbers`() throws {
    struct Options: Decodable {
      var initializer: String?
    }
    let golden = try Golden("random")
    var found = 0
    for name in golden.cases {
      guard let initializer = try golden.options(name, as: Options.self).initializer else {
        continue
      }
      let tensors = golden.tensors(name)
      let values = try Initializer(named: initializer)(
        tensors["values"].shape, key: RandomKey(words: tensors["key"]))
      expectClose(values, tensors["values"], relative: 1e-6, absolute: 1e-7, name)
      found += 1
    }
    #expect(found == 10)
  }

  @Test(arguments: ElementType.allCases.filter(\.isFloatingPoint))
  func `rounds the same numbers to shorter types`(type: ElementType) {
    for initializer in Initializer.catalog {
      let values = initializer([20, 30], key: Self.key, elementType: type)
      #expect(values.type == TensorType(type, [20, 30]))
      if type == .float16 || type == .bfloat16 {
        #expect(values == initializer([20, 30], key: Self.key).cast(to: type))
      }
    }
  }

  @Test(arguments: Initializer.catalog)
  func `repeats its numbers for a key, and takes any shape`(initializer: Initializer) {
    let key = RandomKey(seed: 5)
    #expect(initializer([4, 5], key: key) == initializer([4, 5], key: key))
    let needsMatrix = ["delta_orthogonal", "identity", "sparse"].contains(initializer.name)
    for shape: Shape in [[], [3], [0, 4], [4, 0], [2, 3, 0, 4], [0, 3, 2, 4]] {
      let values = initializer(shape, key: key)
      if needsMatrix, shape.rank < 2 {
        #expect(values.error?.operation == initializer.name)
        continue
      }
      #expect(values.shape == shape && isFinite(values).all().scalar(as: Bool.self))
    }
  }

  @Test(arguments: Initializer.catalog)
  func `is found again by name and options`(initializer: Initializer) throws {
    let found = try Initializer(named: initializer.name, options: initializer.options)
    #expect(found == initializer && found.hashValue == initializer.hashValue)
    #expect(found([2, 3], key: Self.key) == initializer([2, 3], key: Self.key))
  }

  @Test func `fills with constants`() {
    #expect(Initializer.zeros([2], key: Self.key, elementType: .int8) == Tensor([0, 0] as [Int8]))
    #expect(Initializer.ones([2], key: Self.key) == Tensor([1, 1] as [Float]))
    let constant = Initializer.constant(2.5)
    #expect(constant([2], key: Self.key, elementType: .float64) == Tensor([2.5, 2.5]))
    #expect(constant.description == "constant(value: 2.5)")
    #expect(constant != .constant(0))
  }

  @Test func `says what is wrong`() {
    expectError(
      Initializer.heNormal([2, -1], key: Self.key),
      "he_normal needs sizes that are not negative, got [2, -1]")
    expectError(
      Initializer.heUniform([2, 3], key: Self.key, elementType: .int32),
      "he_uniform needs a floating-point type, got i32[2, 3]; use integers(_:in:) for whole numbers"
    )
    let name = #expect(throws: OperationError.self) { try Initializer(named: "xavier") }
    #expect(
      name?.message == """
        Initializer(named:) needs a name of the catalog, got `xavier`; known are constant, \
        delta_orthogonal, forget_bias, glorot_normal, glorot_uniform, he_normal, he_uniform, \
        identity, lecun_normal, lecun_uniform, normal, ones, orthogonal, sparse, \
        truncated_normal, uniform, variance_scaling, zeros
        """)
  }
}
