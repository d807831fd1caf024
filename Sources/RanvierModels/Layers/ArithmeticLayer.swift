internal import RanvierTensors

/// Several models combined element by element, broadcasting.
package struct ArithmeticLayer: Layer {
  package enum Kind: String, Sendable, Hashable {
    case add, subtract, multiply, divide, maximum, minimum, average
  }

  package let kind: Kind

  package var operation: String { kind.rawValue }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard inputs.count >= 2 else {
      throw LayerProblem("at least two models", got: "\(inputs.count)")
    }
    let got = inputs.map(\.description).joined(separator: " and ")
    var shape = inputs[0].shape
    for input in inputs.dropFirst() {
      guard let broadcast = DynamicShape.broadcast(shape, input.shape) else {
        throw LayerProblem(
          "equal shapes (or sizes of 1, which are repeated)", got: got,
          hint: "bring both branches to one shape, for example with a dense or 1x1 conv layer")
      }
      shape = broadcast
    }
    guard inputs.allSatisfy({ $0.elementType == inputs[0].elementType }) else {
      throw LayerProblem("models of one element type", got: got)
    }
    if kind == .average { try inputs[0].checkFloatingPoint() }
    let scalar = TensorType(inputs[0].elementType, [])
    let result = try recordedType([scalar, scalar]) { combined($0[0], $0[1]) }
    return LayerSignature(shape, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let result = call.inputs.dropFirst().reduce(call.input) { combined($0, $1) }
    return LayerResult(kind == .average ? result / Double(call.inputs.count) : result)
  }

  private func combined(_ first: Tensor, _ second: Tensor) -> Tensor {
    switch kind {
    case .add, .average: first + second
    case .subtract: first - second
    case .multiply: first * second
    case .divide: first / second
    case .maximum: RanvierTensors.maximum(first, second)
    case .minimum: RanvierTensors.minimum(first, second)
    }
  }
}

extension Model {
  /// The sum of models of equal shapes; sizes of 1 are repeated.
  public static func add(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.add, [first] + others, name, file, line)
  }

  /// The first model minus the others; sizes of 1 are repeated.
  public static func subtract(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.subtract, [first] + others, name, file, line)
  }

  /// The product of models, element by element; sizes of 1 are repeated.
  public static func multiply(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.multiply, [first] + others, name, file, line)
  }

  /// The first model divided by the others, element by element; sizes of 1 are repeated.
  public static func divide(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.divide, [first] + others, name, file, line)
  }

  /// The largest of models' elements at each place; sizes of 1 are repeated.
  public static func maximum(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.maximum, [first] + others, name, file, line)
  }

  /// The smallest of models' elements at each place; sizes of 1 are repeated.
  public static func minimum(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.minimum, [first] + others, name, file, line)
  }

  /// The mean of models, element by element; sizes of 1 are repeated.
  public static func average(
    _ first: Model, _ others: Model..., name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    combining(.average, [first] + others, name, file, line)
  }

  private static func combining(
    _ kind: ArithmeticLayer.Kind, _ models: [Model], _ name: String?, _ file: StaticString,
    _ line: Int
  ) -> Model {
    Model(
      ArithmeticLayer(kind: kind), models, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
