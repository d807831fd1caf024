internal import RanvierTensors

/// Several models added, subtracted or multiplied, broadcasting.
package struct ArithmeticLayer: Layer {
  package enum Kind: String, Sendable, Hashable { case add, subtract, multiply }

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
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let rest = call.inputs.dropFirst()
    return LayerResult(
      rest.reduce(call.inputs[0]) { result, next in
        switch kind {
        case .add: result + next
        case .subtract: result - next
        case .multiply: result * next
        }
      })
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

  private static func combining(
    _ kind: ArithmeticLayer.Kind, _ models: [Model], _ name: String?, _ file: StaticString, _ line: Int
  ) -> Model {
    Model(
      ArithmeticLayer(kind: kind), models, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
