internal import RanvierTensors

/// The values of each example under another shape.
package struct ReshapeLayer: Layer {
  /// The sizes after the batch axis; one may be -1.
  package let sizes: [Int]

  package var operation: String { "reshape" }
  package var options: [LayerOption] { [LayerOption("shape", Shape(sizes))] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    guard sizes.allSatisfy({ $0 >= -1 }), sizes.filter({ $0 == -1 }).count <= 1 else {
      throw LayerProblem("sizes that are not negative, at most one of them -1", got: "\(sizes)")
    }
    let known = sizes.filter { $0 != -1 }.reduce(1, *)
    let available = input.product(from: 1)
    if let available {
      let fits = sizes.contains(-1) ? known > 0 && available % known == 0 : available == known
      guard fits else {
        throw LayerProblem(
          "as many values per example before as after", got: "\(input) (\(available)) to \(sizes) (\(known))",
          hint: "the batch axis is kept and not part of the shape")
      }
    }
    let resolved = sizes.map { size in size == -1 ? available.map { $0 / known } : size }
    return LayerSignature(DynamicShape([input[0]] + resolved), elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(call.input.reshaped(to: Shape([call.input.shape[0]] + sizes)))
  }
}

extension Model {
  /// Gives each example another shape; one size may be -1 and is then worked out.
  ///
  /// - Shapes: input `[batch, ...]`, output `[batch] + shape`.
  public func reshape(
    _ shape: [Int], name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(ReshapeLayer(sizes: shape), name: name, file, line)
  }
}
