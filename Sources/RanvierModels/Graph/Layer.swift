public import RanvierFunctions
public import RanvierTensors

/// What a node of a model does: an operation with its options, as data.
///
/// A conforming file holds the options, the shape rule with the parameters it declares, the
/// computation, and the combinator.
package protocol Layer: Sendable, Hashable {
  /// The operation's name in paths and tables: `dense`, `batch_norm`.
  var operation: String { get }

  /// The options worth showing, in order.
  var options: [LayerOption] { get }

  /// What becomes of the layer's numbers where products are narrow; by default it takes what it
  /// gets.
  var mixedPrecision: LayerPrecision { get }

  /// The outputs' shapes and the parameters, or the rule that the inputs break.
  func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature

  /// Computes the outputs.
  func apply(_ call: LayerCall) -> LayerResult
}

extension Layer {
  package var options: [LayerOption] { [] }
  package var mixedPrecision: LayerPrecision { .asGiven }

  package func isEqual(to other: any Layer) -> Bool { (other as? Self).map { $0 == self } ?? false }
}

/// An option as it is shown in tables.
package struct LayerOption: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: some CustomStringConvertible) {
    self.name = name
    self.value = value.description
  }
}

/// The shape and type that reach a layer.
package struct LayerInput: Sendable, Hashable, CustomStringConvertible {
  package var shape: DynamicShape
  package var elementType: ElementType

  package init(_ shape: DynamicShape, _ elementType: ElementType = .float32) {
    self.shape = shape
    self.elementType = elementType
  }

  package var description: String { elementType.abbreviation + shape.description }
}

/// What a layer makes of its inputs.
package struct LayerSignature: Sendable {
  /// What the outputs are; most layers have one.
  package var outputs: [LayerInput]
  package var parameters: [ParameterDeclaration] = []
  package var state: [ParameterDeclaration] = []

  package init(
    _ output: DynamicShape, elementType: ElementType = .float32,
    furtherOutputs: [LayerInput] = [], parameters: [ParameterDeclaration] = [],
    state: [ParameterDeclaration] = []
  ) {
    outputs = [LayerInput(output, elementType)] + furtherOutputs
    self.parameters = parameters
    self.state = state
  }

  /// The only output, or the first of several.
  package var output: LayerInput { outputs[0] }
}

/// A rule that a layer's inputs or options break; the Builder adds where.
package struct LayerProblem: Error, Sendable, Hashable {
  package var rule: String
  package var got: String
  package var hint: String

  package init(_ rule: String, got: String, hint: String = "") {
    self.rule = rule
    self.got = got
    self.hint = hint
  }
}

/// A parameter, or a piece of state, that a layer needs.
public struct ParameterDeclaration: Sendable, Hashable {
  /// The name within the layer: `kernel`, `bias`.
  public var name: String
  /// The shape.
  public var shape: Shape
  /// How the first values are drawn.
  public var initializer: Initializer
  /// The type of the elements.
  public var elementType: ElementType
  /// What the axes are, for initializers that scale by the number of inputs and outputs.
  public var layout: KernelLayout

  /// Declares a parameter.
  public init(
    _ name: String, shape: Shape, initializer: Initializer = .glorotUniform,
    elementType: ElementType = .float32, layout: KernelLayout = .dense
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.elementType = elementType
    self.layout = layout
  }

  /// The number of elements.
  public var count: Int { shape.count }
  /// The number of bytes.
  public var byteCount: Int { shape.count * elementType.byteCount }
  /// The element type and shape.
  public var type: TensorType { TensorType(elementType, shape) }
}

/// What a layer computes with.
public struct LayerCall: Sendable {
  /// The inputs' values.
  public let inputs: [Tensor]
  /// The layer's own parameters, under the names it declared.
  public let parameters: Parameters
  /// The layer's own state, under the names it declared.
  public let state: Parameters
  /// Whether the model is being trained.
  public let isTraining: Bool
  /// The layer's own random key; only there while training.
  public let key: RandomKey?

  /// The only input, or the first of several; invalid if the layer has none.
  public var input: Tensor {
    inputs.first
      ?? Tensor(
        invalid: OperationError(
          operation: "input", rule: "a layer with an input", got: "a layer without",
          hint: "give models to Model.layer"))
  }
}

/// What a layer computed: its outputs, and new values of its state while training.
package struct LayerResult: Sendable {
  package var outputs: [Tensor]
  package var state: Parameters?

  package init(_ output: Tensor, furtherOutputs: [Tensor] = [], state: Parameters? = nil) {
    outputs = [output] + furtherOutputs
    self.state = state
  }
}
