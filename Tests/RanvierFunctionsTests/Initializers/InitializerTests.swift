import Foundation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// An initializer with the moments and limits that its elements must have.
struct InitializerCase: Sendable, CustomTestStringConvertible {
  let initializer: Initializer
  let shape: Shape
  var mean = 0.0
  let variance: Double
  /// The largest distance from the mean, in standard deviations of the elements.
  let limit: Double
  var testDescription: String { "\(initializer) \(shape)" }

  /// Truncation at two standard deviations of the wider normal distribution.
  static let truncated = 2 / 0.87962566103423978
  static let uniform = 3.0.squareRoot()

  static let all = [
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
  ]
}

@Suite struct InitializerTests {
  static let key = RandomKey(seed: 11)

  @Test(arguments: InitializerCase.all)
  func `has the mean, variance and range of its distribution`(row: InitializerCase) {
    let values = row.initializer(row.shape, key: Self.key)
    #expect(values.type == TensorType(.float32, row.shape))
    let wide = values.cast(to: .float64)
    let deviation = row.variance.squareRoot()
    // Five standard errors of the mean and of the variance.
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
    for shape: Shape in [[], [3], [0, 4], [4, 0], [2, 3, 0, 4]] {
      let values = initializer(shape, key: key)
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
        forget_bias, glorot_normal, glorot_uniform, he_normal, he_uniform, lecun_normal, \
        lecun_uniform, normal, ones, orthogonal, uniform, zeros
        """)
  }
}
