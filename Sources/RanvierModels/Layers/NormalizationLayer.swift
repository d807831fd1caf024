internal import RanvierFunctions
internal import RanvierTensors

/// The normalization that axes name: of the batch, of instances, groups or layers.
package struct NormalizationLayer: Layer {
  package let axes: [Int]
  package let groups: Int
  package let epsilon: Double

  package var operation: String { "normalization" }
  package var options: [LayerOption] {
    [LayerOption("axes", axes)] + (groups == 1 ? [] : [LayerOption("groups", groups)])
      + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard let layer = layer(rank: inputs[0].shape.rank) else {
      throw LayerProblem(
        """
        all axes but the last, or axes other than the batch axis; with groups all but the batch \
        axis
        """, got: "axes \(axes) and \(groups) groups of \(inputs[0].shape)")
    }
    return try layer.signature(inputs)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    // `signature` has found one.
    layer(rank: call.input.rank)?.apply(call) ?? LayerResult(call.input)
  }

  /// The layer that does it, if the axes name one.
  private func layer(rank: Int) -> (any Layer)? {
    let positions = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    guard !axes.isEmpty, positions.count == axes.count,
      positions.allSatisfy({ (0 ..< rank).contains($0) })
    else { return nil }
    let learnt = ScaleAndOffset(scale: .ones, offset: .zeros)
    if groups != 1 {
      return positions == Set(1 ..< Swift.max(rank, 1))
        ? GroupNormLayer(groups: groups, epsilon: epsilon, learnt: learnt) : nil
    }
    if rank >= 2, positions == Set(0 ..< rank - 1) {
      let running = RunningStatistics(momentum: 0.9, variance: .biased)
      return BatchNormLayer(epsilon: epsilon, running: running, learnt: learnt)
    }
    if (3 ... 5).contains(rank), positions == Set(1 ..< rank - 1) {
      return InstanceNormLayer(epsilon: epsilon, running: nil, learnt: learnt)
    }
    guard !positions.contains(0) else { return nil }
    return LayerNormLayer(kind: .layer, axes: axes, epsilon: epsilon, learnt: learnt)
  }
}

extension Model {
  /// Normalizes over axes that are chosen: `(x - mean) / sqrt(variance + epsilon) * scale + offset`.
  ///
  /// | axes of the input `[batch, spatial..., channels]` | the layer that it is |
  /// |---|---|
  /// | all but the last | `batchNorm`, with its running statistics |
  /// | the spatial ones | `instanceNorm` |
  /// | all but the first, with groups | `groupNorm` |
  /// | any others without the first | `layerNorm` over these axes |
  ///
  /// - Shapes: output as input.
  /// - Parameters:
  ///   - axes: What is normalized together. Negative positions count from the end.
  ///   - groups: The number of groups of channels that are normalized each by itself.
  ///   - epsilon: Keeps the quotient finite for a variance of 0.
  /// - Parameters of the layer: those of the layer that it is, and its state.
  /// - Source: Wu & He 2018, arXiv:1803.08494, section 3.1.
  public func normalization(
    alongAxes axes: [Int], groups: Int = 1, epsilon: Double = 1e-5, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      NormalizationLayer(axes: axes, groups: groups, epsilon: epsilon), name: name, file, line)
  }
}
