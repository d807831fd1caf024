public import RanvierTensors

/// A function applied to every element, or to every row, of a layer's output.
///
/// An activation is a value: its name and options identify it, so it can be compared, printed and
/// saved with a model.
public struct Activation: Sendable, Hashable, CustomStringConvertible, Named {
  /// The name under which the activation is saved, such as `leaky_relu`.
  public let name: String
  /// The numbers that the function depends on besides its input.
  public let options: [String: Double]
  /// Whether each element of the result depends on one element only; rows need more precision.
  package let isElementwise: Bool
  private let function: @Sendable (Tensor, [String: Double]) -> Tensor

  /// Creates an activation whose function depends on options; the given ones are the defaults of
  /// ``catalog`` look-ups.
  public init(
    _ name: String, options: [String: Double],
    _ function: @escaping @Sendable (_ x: Tensor, _ options: [String: Double]) -> Tensor
  ) {
    self.init(name, options: options, isElementwise: true, function)
  }

  private init(
    _ name: String, options: [String: Double], isElementwise: Bool,
    _ function: @escaping @Sendable (Tensor, [String: Double]) -> Tensor
  ) {
    self.name = name
    self.options = options
    self.isElementwise = isElementwise
    self.function = function
  }

  /// Creates an activation that joins the elements of a row.
  init(ofRows name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.init(name, options: [:], isElementwise: false) { x, _ in function(x) }
  }

  /// Creates an activation of your own: `Activation("sine") { sin($0) }`.
  ///
  /// The name must be its own: activations of equal names and options count as equal.
  public init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.init(name, options: [:]) { x, _ in function(x) }
  }

  /// Finds an activation of the ``catalog`` by its name; options that are not given have their
  /// defaults.
  ///
  /// - Throws: An ``OperationError`` that lists what is known if the name or an option is not.
  public init(named name: String, options: [String: Double] = [:]) throws(OperationError) {
    let known = try Self.find(name, options: options)
    self.init(
      name, options: known.options.merging(options) { $1 }, isElementwise: known.isElementwise,
      known.function)
  }

  /// Applies the function; the result has the shape of the input.
  public func callAsFunction(_ x: Tensor) -> Tensor { function(x, options) }

  /// Every activation that models are saved with by name, with default options.
  public static let catalog: [Activation] = [
    .celu, .elu, .exp, .gelu, .geluTanh, .hardSigmoid, .hardSilu, .hardTanh, .leakyRelu, .linear,
    .logSigmoid, .logSoftmax, .mish, .relu, .relu6, .selu, .sigmoid, .silu, .softmax, .softmin,
    .softplus, .softsign, .squaredRelu, .tanh, .threshold(0, value: 0),
  ]

  /// The name, with options in parentheses.
  public var description: String { nameWithOptions }

  /// Whether names and options are equal.
  public static func == (first: Activation, second: Activation) -> Bool {
    first.name == second.name && first.options == second.options
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(options)
  }
}
