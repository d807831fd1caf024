internal import RanvierTensors

/// One of two models, chosen by a third.
package struct ConditionalLayer: Layer {
  /// Whether each element is chosen by itself.
  package let isElementwise: Bool

  package var operation: String { isElementwise ? "select" : "cond" }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let (condition, first, second) = (inputs[0], inputs[1], inputs[2])
    let got = "\(condition), \(first) and \(second)"
    guard condition.elementType == .bool, isElementwise || condition.shape.rank == 0 else {
      throw LayerProblem(
        isElementwise ? "a condition of bools" : "a condition that is one bool, bool[]",
        got: "\(condition)",
        hint: isElementwise ? "" : "Model.select chooses for each example or element")
    }
    guard first.elementType == second.elementType,
      var shape = DynamicShape.broadcast(first.shape, second.shape),
      isElementwise || first.shape.rank == second.shape.rank
    else { throw LayerProblem("two models of one shape and type", got: got) }
    if isElementwise {
      guard let all = DynamicShape.broadcast(shape, condition.shape) else {
        throw LayerProblem("a condition that broadcasts to the models", got: got)
      }
      shape = all
    } else {
      guard
        zip(first.shape.sizes, second.shape.sizes).allSatisfy({
          $0 == nil || $1 == nil || $0 == $1
        })
      else { throw LayerProblem("two models of one shape and type", got: got) }
    }
    return LayerSignature(shape, elementType: first.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let (condition, first, second) = (call.inputs[0], call.inputs[1], call.inputs[2])
    return LayerResult(
      isElementwise
        ? RanvierTensors.select(condition, first, second)
        : RanvierTensors.cond(condition, then: { first }, else: { second }))
  }
}

extension Model {
  /// One of two models, chosen anew at each run by a model that gives one bool.
  ///
  ///     let isBright = Model.layer("is_bright", image) { greater($0.input.mean(), 0.5) }
  ///     let y = Model.cond(isBright, then: image, else: image.linearTransform(scale: 2, shift: 0))
  ///
  /// - Shapes: condition `[]`; the models' shapes are equal, and the output's, too.
  /// - Note: Both models are computed. A custom layer with the function `cond` computes one.
  public static func cond(
    _ condition: Model, then first: Model, else second: Model, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      ConditionalLayer(isElementwise: false), [condition, first, second], name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }

  /// The elements of one model where a condition is true, and of another where it is false.
  ///
  /// - Shapes: condition and models broadcast to the output: a condition `[batch, 1]` chooses for
  ///   each example.
  public static func select(
    _ condition: Model, _ first: Model, _ second: Model, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      ConditionalLayer(isElementwise: true), [condition, first, second], name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
