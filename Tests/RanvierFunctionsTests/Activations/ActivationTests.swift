import Foundation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// An activation with its formula on one number.
struct ActivationCase: Sendable, CustomTestStringConvertible {
  let activation: Activation
  let formula: @Sendable (Double) -> Double
  var testDescription: String { activation.description }

  static let all = [
    ActivationCase(activation: .linear) { $0 },
    ActivationCase(activation: .relu) { max($0, 0) },
    ActivationCase(activation: .sigmoid) { 1 / (1 + Foundation.exp(-$0)) },
    ActivationCase(activation: .tanh) { Foundation.tanh($0) },
    ActivationCase(activation: .gelu) { $0 / 2 * Foundation.erfc(-$0 / 2.0.squareRoot()) },
    ActivationCase(activation: .leakyRelu) { $0 > 0 ? $0 : 0.01 * $0 },
    ActivationCase(activation: .leakyRelu(alpha: 0.3)) { $0 > 0 ? $0 : 0.3 * $0 },
    ActivationCase(activation: .elu) { $0 > 0 ? $0 : Foundation.exp($0) - 1 },
    ActivationCase(activation: .elu(alpha: 2)) { $0 > 0 ? $0 : 2 * (Foundation.exp($0) - 1) },
    ActivationCase(activation: .selu) {
      1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (Foundation.exp($0) - 1))
    },
    ActivationCase(activation: .silu) { $0 / (1 + Foundation.exp(-$0)) },
    ActivationCase(activation: .softplus) { Foundation.log(1 + Foundation.exp($0)) },
  ]
}

@Suite struct ActivationTests {
  static let points = [-6.5, -3, -1.25, -0.5, -0.1, 0, 0.1, 0.75, 1, 2.5, 4, 7]

  @Test(arguments: ActivationCase.all)
  func `equals its formula`(row: ActivationCase) {
    let expected = Tensor(Self.points.map(row.formula))
    expectClose(row.activation(Tensor(Self.points)), expected, relative: 1e-12, absolute: 1e-14)
    let single = Tensor(Self.points.map { Float($0) })
    let result = row.activation(single)
    #expect(result.elementType == .float32)
    expectClose(result, expected, relative: 1e-6, absolute: 1e-6)
  }

  @Test(.tags(.gradient), arguments: Activation.catalog)
  func `has the derivatives of finite differences`(activation: Activation) {
    let x = Tensor([-3.7, -1.2, -0.4, 0.3, 2.6, 6.8], shape: [2, 3])
    expectGradientsMatch(at: [x], activation.name) { activation($0[0]) }
  }

  @Test(arguments: Activation.catalog)
  func `gives each example of a batch its own result and derivative`(activation: Activation) {
    let x = RandomKey(seed: 12).normal([3, 2, 4], standardDeviation: 3, elementType: .float64)
    let weights = Tensor([1.0, -2, 0.5, 3])
    let slope = { @Sendable (x: Tensor) in gradient(at: x) { (activation($0) * weights).sum() } }
    let examples = (0 ..< 3).map { x[$0] }
    expectClose(
      vectorized { activation($0) }(x), Tensor(stacking: examples.map { activation($0) }),
      relative: 1e-13, absolute: 1e-14)
    expectClose(
      vectorized(slope)(x), Tensor(stacking: examples.map(slope)), relative: 1e-13,
      absolute: 1e-14)
  }

  @Test(arguments: Activation.catalog)
  func `keeps shapes, empty ones too, and passes errors on`(activation: Activation) {
    for shape: Shape in [[3], [2, 3], [0, 3], [2, 0], [2, 0, 1, 3]] {
      #expect(activation(Tensor.zeros(shape)).shape == shape)
    }
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(activation(wrong).error == wrong.error)
  }

  @Test(arguments: Activation.catalog)
  func `is found again by name and options`(activation: Activation) throws {
    let found = try Activation(named: activation.name, options: activation.options)
    #expect(found == activation)
    #expect(found.hashValue == activation.hashValue)
    let x = Tensor([[-1.0, 0.5, 2]])
    #expect(found(x) == activation(x))
  }

  @Test func `takes options from the look-up, and defaults`() throws {
    let leaky = try Activation(named: "leaky_relu", options: ["alpha": 0.5])
    #expect(leaky == .leakyRelu(alpha: 0.5))
    #expect(leaky != .leakyRelu)
    #expect(leaky(Tensor([-2.0])) == Tensor([-1.0]))
    #expect(try Activation(named: "leaky_relu") == .leakyRelu(alpha: 0.01))
    #expect(leaky.description == "leaky_relu(alpha: 0.5)")
    #expect(Activation.relu.description == "relu")
  }

  @Test func `says which names and options there are`() {
    let name = #expect(throws: OperationError.self) { try Activation(named: "rellu") }
    #expect(
      name?.message == """
        Activation(named:) needs a name of the catalog, got `rellu`; known are celu, elu, exp, \
        gelu, gelu_tanh, hard_sigmoid, hard_silu, hard_tanh, leaky_relu, linear, log_sigmoid, \
        log_softmax, mish, relu, relu6, selu, sigmoid, silu, softmax, softmin, softplus, softsign, \
        squared_relu, tanh, threshold
        """)
    let option = #expect(throws: OperationError.self) {
      try Activation(named: "elu", options: ["beta": 1])
    }
    #expect(
      option?.message
        == "Activation(named: \"elu\") needs options that it has, got `beta`; it has alpha")
    let none = #expect(throws: OperationError.self) {
      try Activation(named: "relu", options: ["alpha": 1])
    }
    #expect(none?.hint == "it has none")
  }

  @Test func `can be one's own`() {
    let cube = Activation("cube") { $0 * $0 * $0 }
    #expect(cube(Tensor([-1.0, 3])) == Tensor([-1.0, 27]))
    #expect(cube != .relu)
  }
}
