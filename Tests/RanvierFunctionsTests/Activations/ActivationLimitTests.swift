import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// An activation with its values and derivatives at the infinities.
struct ActivationLimit: Sendable, CustomTestStringConvertible {
  let activation: Activation
  /// Value and derivative at minus infinity.
  let left: (value: Double, slope: Double)
  /// Value and derivative at infinity.
  let right: (value: Double, slope: Double)
  var testDescription: String { activation.description }

  static let infinity = Double.infinity

  static let all = [
    ActivationLimit(activation: .celu, left: (-1, 0), right: (infinity, 1)),
    ActivationLimit(activation: .celu(alpha: 2), left: (-2, 0), right: (infinity, 1)),
    ActivationLimit(activation: .elu, left: (-1, 0), right: (infinity, 1)),
    ActivationLimit(activation: .exp, left: (0, 0), right: (infinity, infinity)),
    ActivationLimit(activation: .gelu, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .geluTanh, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .hardSigmoid, left: (0, 0), right: (1, 0)),
    ActivationLimit(
      activation: .hardSigmoid(alpha: 0.25, beta: 0.25), left: (0, 0), right: (1, 0)),
    ActivationLimit(activation: .hardSilu, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .hardTanh, left: (-1, 0), right: (1, 0)),
    ActivationLimit(
      activation: .leakyRelu(alpha: 0.5), left: (-infinity, 0.5), right: (infinity, 1)),
    ActivationLimit(activation: .leakyRelu(alpha: 0), left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .linear, left: (-infinity, 1), right: (infinity, 1)),
    ActivationLimit(activation: .logSigmoid, left: (-infinity, 1), right: (0, 0)),
    ActivationLimit(activation: .mish, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .relu, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .relu6, left: (0, 0), right: (6, 0)),
    ActivationLimit(activation: .sigmoid, left: (0, 0), right: (1, 0)),
    ActivationLimit(activation: .silu, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .softplus, left: (0, 0), right: (infinity, 1)),
    ActivationLimit(activation: .softsign, left: (-1, 0), right: (1, 0)),
    ActivationLimit(activation: .squaredRelu, left: (0, 0), right: (infinity, infinity)),
    ActivationLimit(activation: .tanh, left: (-1, 0), right: (1, 0)),
    ActivationLimit(activation: .threshold(0, value: 0), left: (0, 0), right: (infinity, 1)),
  ]
}

@Suite struct ActivationLimitTests {
  static let types = ElementType.allCases.filter(\.isFloatingPoint)

  @Test(arguments: ActivationLimit.all)
  func `has its limits at the infinities, in value and derivative`(row: ActivationLimit) throws {
    let run = { @Sendable (x: Tensor) -> [Tensor] in
      let (value, pullback) = valueWithPullback(at: x) { row.activation($0) }
      return [value, pullback(Tensor.ones(like: value))]
    }
    for type in Self.types {
      let x = Tensor([-Double.infinity, .infinity]).cast(to: type)
      for results in [run(x), try compile(run)(x)] {
        expectClose(
          results[0], Tensor([row.left.value, row.right.value]), relative: 0, absolute: 0,
          "\(type)")
        expectClose(
          results[1], Tensor([row.left.slope, row.right.slope]), relative: 0, absolute: 0,
          "slope, \(type)")
      }
    }
  }

  @Test func `every activation of single elements has limits`() {
    let names = Set(ActivationLimit.all.map(\.activation.name))
    let elementwise = Activation.catalog.filter(\.isElementwise).map(\.name)
    // The constants of selu are no numbers of 16 bits; its limits are in its own test.
    #expect(names.union(["selu"]) == Set(elementwise))
  }

  @Test(arguments: Activation.catalog.filter(\.isElementwise), types)
  func `rounds like its type, also far out and close to 0`(
    activation: Activation, type: ElementType
  ) {
    let (epsilon, tiny, subnormal): (Double, Double, Double) =
      switch type {
      case .float16: (0x1p-10, 0x1p-14, 0x1p-24)
      case .bfloat16: (0x1p-7, 0x1p-126, 0x1p-133)
      case .float32: (0x1p-23, 0x1p-126, 0x1p-149)
      default: (0x1p-52, 0x1p-1022, 0x1p-1074)
      }
    let sizes = [subnormal, tiny, 1e-3, 0.1, 0.7, 2.3, 4.7, 9, 14, 19.5, 35, 80, 100, 1e4]
    let x = Tensor(sizes.map { -$0 } + sizes).cast(to: type)
    let wide = x.cast(to: .float64)
    // Results that are too small to be normal may be flushed to 0.
    let steps: Double = type == .float32 || type == .float64 ? 64 : 0.51
    expectClose(
      activation(x), activation(wide).cast(to: type), relative: 2 * steps * epsilon,
      absolute: tiny, "\(activation), \(type)")
    // These derivatives follow from results that are rounded near 1.
    let isDifference = ["sigmoid", "tanh"].contains(activation.name)
    expectClose(
      gradient(at: x) { activation($0).sum() },
      gradient(at: wide) { activation($0).sum() }.cast(to: type),
      relative: 2 * steps * epsilon, absolute: isDifference ? 2 * epsilon : tiny,
      "slope of \(activation), \(type)")
  }

  @Test(arguments: Activation.catalog)
  func `not-a-number stays`(activation: Activation) {
    let result = activation(Tensor([[0.5, .nan]]))
    #expect(result.scalars(as: Double.self)[1].isNaN)
  }
}
