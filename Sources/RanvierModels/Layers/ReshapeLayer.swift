internal import RanvierTensors

/// The values of each example under another shape.
package struct ReshapeLayer: Layer {
  /// The sizes after the batch axis; one may be -1.
  package let sizes: [Int]

  package var operation: String { "reshape" }
  package var options: [LayerOption] { [LayerOption("shape", Shape(sizes))] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = try inputs[0].shape.withBatchAxis()
    guard sizes.allSatisfy({ $0 >= -1 }), sizes.filter({ $0 == -1 }).count <= 1 else {
      throw LayerProblem("sizes that are not negative, at most one of them -1", got: "\(sizes)")
    }
    let placed = Shape(sizes.filter { $0 != -1 })
    if let defect = placed.defect {
      throw LayerProblem("a shape that is possible", got: "\(sizes) with \(defect)")
    }
    let known = placed.count
    let available = input.product(from: 1)
    if let available {
      let fits = sizes.contains(-1) ? known > 0 && available % known == 0 : available == known
      guard fits else {
        throw LayerProblem(
          "as many values per example before as after",
          got: "\(available) in \(input), \(known) in \(sizes)",
          hint: "the batch axis is kept and not part of the shape")
      }
    }
    let resolved = sizes.map { size in size == -1 ? available.map { $0 / known } : size }
    return LayerSignature(DynamicShape([input[0]] + resolved), elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    // The open size is worked out here, where an empty batch cannot make it ambiguous.
    let available = call.input.shape.sizes.dropFirst().reduce(1, *)
    let known = sizes.filter { $0 != -1 }.reduce(1, *)
    let resolved = sizes.map { $0 == -1 && known > 0 ? available / known : $0 }
    return LayerResult(call.input.reshaped(to: Shape([call.input.shape[0]] + resolved)))
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
