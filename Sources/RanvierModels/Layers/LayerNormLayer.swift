internal import RanvierFunctions
internal import RanvierTensors

/// Each example normalized over axes, with or without its mean.
package struct LayerNormLayer: Layer {
  package enum Kind: String, Sendable, Hashable {
    case layer = "layer_norm"
    case rootMeanSquare = "rms_norm"
  }

  package let kind: Kind
  package let axes: [Int]
  package let epsilon: Double

  package var operation: String { kind.rawValue }
  package var options: [LayerOption] {
    (axes == [-1] ? [] : [LayerOption("axes", axes)])
      + (epsilon == kind.usualEpsilon ? [] : [LayerOption("epsilon", epsilon)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    try inputs[0].checkFloatingPoint()
    let positions = axes.map { $0 < 0 ? $0 + input.rank : $0 }.sorted()
    guard !axes.isEmpty, Set(positions).count == axes.count,
      positions.allSatisfy({ (1 ..< Swift.max(input.rank, 1)).contains($0) })
    else {
      throw LayerProblem(
        "different axes of the input other than the batch axis", got: "axes \(axes) of \(input)")
    }
    let sizes = positions.compactMap { input[$0] }
    guard sizes.count == positions.count else {
      throw LayerProblem(
        "known sizes of the normalized axes", got: "\(input)", hint: "state them in input(shape:)")
    }
    guard epsilon > 0 else { throw LayerProblem("a positive epsilon", got: "\(epsilon)") }
    let scale = ParameterDeclaration("scale", shape: Shape(sizes), initializer: .ones)
    let offset = ParameterDeclaration("offset", shape: Shape(sizes), initializer: .zeros)
    return LayerSignature(
      input, elementType: inputs[0].elementType,
      parameters: kind == .layer ? [scale, offset] : [scale])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let scale = call.parameters["scale"]
    switch kind {
    case .layer:
      return LayerResult(
        RanvierFunctions.layerNorm(
          call.input, scale: scale, offset: call.parameters["offset"], axes: axes, epsilon: epsilon)
      )
    case .rootMeanSquare:
      return LayerResult(
        RanvierFunctions.rmsNorm(call.input, scale: scale, axes: axes, epsilon: epsilon))
    }
  }
}

extension LayerNormLayer.Kind {
  /// The epsilon that needs not be shown.
  fileprivate var usualEpsilon: Double { self == .layer ? 1e-5 : 1e-6 }
}

extension Model {
  /// Normalizes each example over axes, by default the features: `(x - mean) / sqrt(variance +
  /// epsilon) * scale + offset`.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters of the layer: `scale` and `offset` with the sizes of the axes, `[features]` by
  ///   default.
  /// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450.
  public func layerNorm(
    axes: [Int] = [-1], epsilon: Double = 1e-5, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(LayerNormLayer(kind: .layer, axes: axes, epsilon: epsilon), name: name, file, line)
  }

  /// Divides each example by its root mean square over axes, by default the features: `x /
  /// sqrt(mean(x²) + epsilon) * scale`.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters of the layer: `scale` with the sizes of the axes, `[features]` by default.
  /// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
  public func rmsNorm(
    axes: [Int] = [-1], epsilon: Double = 1e-6, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      LayerNormLayer(kind: .rootMeanSquare, axes: axes, epsilon: epsilon), name: name, file, line)
  }
}
