public import RanvierTensors

/// How the elements of a new parameter are chosen.
///
/// An initializer is a value: its name and options identify it, so it can be compared, printed and
/// saved with a model. The same key gives the same elements.
public struct Initializer: Sendable, Hashable, CustomStringConvertible, Named {
  /// What computes the elements of a parameter.
  public typealias Function =
    @Sendable (
      _ shape: Shape, _ key: RandomKey, _ elementType: ElementType, _ options: [String: Double]
    ) -> Tensor

  /// The name under which the initializer is saved, such as `glorot_uniform`.
  public let name: String
  /// The numbers that the distribution depends on besides shape and type.
  public let options: [String: Double]
  private let function: @Sendable (Kernel, [String: Double]) -> Tensor

  /// A parameter whose elements are chosen.
  struct Kernel {
    let shape: Shape
    let key: RandomKey
    let elementType: ElementType
    let layout: KernelLayout
  }

  /// Creates an initializer: `Initializer("ramp") { shape, _, type, _ in ... }`.
  ///
  /// The name must be its own: initializers of equal names and options count as equal. The options
  /// are the defaults of ``catalog`` look-ups.
  public init(_ name: String, options: [String: Double] = [:], _ function: @escaping Function) {
    self.init(ofKernels: name, options: options) { kernel, options in
      function(kernel.shape, kernel.key, kernel.elementType, options)
    }
  }

  /// Creates an initializer that depends on what a kernel's axes are.
  init(
    ofKernels name: String, options: [String: Double],
    _ function: @escaping @Sendable (Kernel, [String: Double]) -> Tensor
  ) {
    self.name = name
    self.options = options
    self.function = function
  }

  /// Finds an initializer of the ``catalog`` by its name; options that are not given have their
  /// defaults.
  ///
  /// - Throws: An ``OperationError`` that lists what is known if the name or an option is not.
  public init(named name: String, options: [String: Double] = [:]) throws(OperationError) {
    let known = try Self.find(name, options: options)
    self.init(ofKernels: name, options: known.options.merging(options) { $1 }, known.function)
  }

  /// The elements of a parameter.
  ///
  /// Numbers of 16-bit types are drawn in `f32` and rounded. Random integers are invalid.
  ///
  /// - Parameters:
  ///   - shape: The parameter's shape.
  ///   - key: Where random numbers come from.
  ///   - elementType: The type of the elements.
  ///   - layout: What the axes of the shape are, for initializers that scale by fans.
  public func callAsFunction(
    _ shape: Shape, key: RandomKey, elementType: ElementType = .float32,
    layout: KernelLayout = .dense
  ) -> Tensor {
    guard shape.sizes.allSatisfy({ $0 >= 0 }) else {
      return Tensor(
        invalid: OperationError(
          operation: name, rule: "sizes that are not negative", got: "\(shape)"))
    }
    let isShort = elementType == .float16 || elementType == .bfloat16
    let kernel = Kernel(
      shape: shape, key: key, elementType: isShort ? .float32 : elementType, layout: layout)
    return function(kernel, options).cast(to: elementType).spelled(name, key.words)
  }

  /// Every initializer that models are saved with by name, with default options.
  public static let catalog: [Initializer] = [
    .constant(0), .deltaOrthogonal, .forgetBias, .glorotNormal, .glorotUniform, .heNormal,
    .heUniform, .identity, .lecunNormal, .lecunUniform, .normal, .ones, .orthogonal, .sparse(0.9),
    .truncatedNormal, .uniform, .varianceScaling, .zeros,
  ]

  /// The name, with options in parentheses.
  public var description: String { nameWithOptions }

  /// Whether names and options are equal.
  public static func == (first: Initializer, second: Initializer) -> Bool {
    first.name == second.name && first.options == second.options
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(options)
  }
}
