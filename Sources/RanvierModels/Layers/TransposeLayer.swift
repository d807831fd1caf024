internal import RanvierTensors

/// The axes in another order.
package struct TransposeLayer: Layer {
  /// For each axis of the output the one that it comes from; nil turns the order around behind the
  /// batch axis.
  package let permutation: [Int]?

  package var operation: String { "transpose" }
  package var options: [LayerOption] {
    permutation.map { [LayerOption("permutation", $0)] } ?? []
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = try inputs[0].shape.withBatchAxis()
    let order = order(rank: input.rank)
    guard order.sorted() == Array(0 ..< input.rank) else {
      throw LayerProblem(
        "a permutation of all axes, each once", got: "\(permutation ?? []) of \(input)",
        hint: "the batch axis is axis 0")
    }
    return LayerSignature(
      DynamicShape(order.map { input[$0] }), elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(call.input.transposed(permutation: order(rank: call.input.rank)))
  }

  private func order(rank: Int) -> [Int] { permutation ?? [0] + (1 ..< rank).reversed() }
}

extension Model {
  /// Puts the axes into another order, by default the reverse one behind the batch axis.
  ///
  /// - Shapes: input of any rank, output with the sizes of the input's axes in the new order.
  /// - Parameter permutation: For each axis of the output the axis of the input that it comes from,
  ///   batch axis included: `[0, 2, 1]` swaps tokens and features.
  public func transpose(
    permutation: [Int]? = nil, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(TransposeLayer(permutation: permutation), name: name, file, line)
  }
}
