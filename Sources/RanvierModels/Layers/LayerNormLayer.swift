public import RanvierFunctions
internal import RanvierTensors

/// Each example normalized over axes, with or without its mean.
package struct LayerNormLayer: Layer {
  package enum Kind: Sendable, Hashable {
    case layer
    /// Without the mean; the number is added to the scale.
    case rootMeanSquare(shift: Double)
  }

  package let kind: Kind
  package let axes: [Int]
  package let epsilon: Double
  package let learnt: ScaleAndOffset

  package var operation: String { kind == .layer ? "layer_norm" : "rms_norm" }
  package var options: [LayerOption] {
    (axes == [-1] ? [] : [LayerOption("axes", axes)])
      + (epsilon == kind.usualEpsilon ? [] : [LayerOption("epsilon", epsilon)])
      + (kind.shift == 0 ? [] : [LayerOption("shift", kind.shift)])
      + learnt.options(hasOffset: kind == .layer)
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
    guard epsilon > 0, kind.shift.isFinite else {
      throw LayerProblem(
        "a positive epsilon and a finite shift", got: "epsilon \(epsilon), shift \(kind.shift)")
    }
    return LayerSignature(
      input, elementType: inputs[0].elementType, parameters: learnt.declarations(Shape(sizes)))
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let scale = learnt.scale(call)
    switch kind {
    case .layer:
      return LayerResult(
        RanvierFunctions.layerNorm(
          call.input, scale: scale, offset: learnt.offset(call), axes: axes, epsilon: epsilon))
    case .rootMeanSquare(let shift):
      return LayerResult(
        RanvierFunctions.rmsNorm(
          call.input, scale: scale, shift: shift, axes: axes, epsilon: epsilon))
    }
  }
}

extension LayerNormLayer.Kind {
  /// The epsilon that needs not be shown.
  fileprivate var usualEpsilon: Double { self == .layer ? 1e-5 : 1e-6 }

  fileprivate var shift: Double {
    if case .rootMeanSquare(let shift) = self { shift } else { 0 }
  }
}

extension Model {
  /// Normalizes each example over axes, by default the features: `(x - mean) / sqrt(variance +
  /// epsilon) * scale + offset`.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters:
  ///   - axes: What is normalized together, other than the batch axis.
  ///   - epsilon: Keeps the quotient finite for a variance of 0.
  ///   - scaleInitializer: How the scale begins; nil for none.
  ///   - offsetInitializer: How the offset begins; nil for none.
  /// - Parameters of the layer: `scale` and `offset` with the sizes of the axes, `[features]` by
  ///   default.
  /// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450.
  public func layerNorm(
    axes: [Int] = [-1], epsilon: Double = 1e-5, scaleInitializer: Initializer? = .ones,
    offsetInitializer: Initializer? = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      LayerNormLayer(
        kind: .layer, axes: axes, epsilon: epsilon,
        learnt: ScaleAndOffset(scale: scaleInitializer, offset: offsetInitializer)),
      name: name, file, line)
  }

  /// Divides each example by its root mean square over axes, by default the features: `x /
  /// sqrt(mean(x²) + epsilon) * (scale + shift)`.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters:
  ///   - axes: What is normalized together, other than the batch axis.
  ///   - epsilon: Keeps the quotient finite for zeros.
  ///   - shift: Added to the scale. Gemma's 1 goes with a scale that begins with `.zeros`.
  ///   - scaleInitializer: How the scale begins; nil for none.
  /// - Parameters of the layer: `scale` with the sizes of the axes, `[features]` by default.
  /// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
  public func rmsNorm(
    axes: [Int] = [-1], epsilon: Double = 1e-6, shift: Double = 0,
    scaleInitializer: Initializer? = .ones, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      LayerNormLayer(
        kind: .rootMeanSquare(shift: shift), axes: axes, epsilon: epsilon,
        learnt: ScaleAndOffset(scale: scaleInitializer, offset: nil)),
      name: name, file, line)
  }
}
