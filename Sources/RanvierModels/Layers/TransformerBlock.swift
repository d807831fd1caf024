public import RanvierFunctions

/// The options of transformer blocks.
///
///     let block = TransformerBlock(
///       heads: 8, hidden: 1376, keyValueHeads: 2, positions: .rotary(), activation: .silu,
///       isGated: true, norm: .rootMeanSquare(), useBias: false)
///     let text = tokens.embedding(vocabulary: 4096, features: 512)
///       .transformerEncoder(block, layers: 6, isCausal: true)
///       .rmsNorm()
public struct TransformerBlock: Sendable, Hashable {
  /// How a block normalizes features.
  public enum Norm: Sendable, Hashable {
    /// To a mean of 0 and a variance of 1.
    case layer(epsilon: Double = 1e-5)
    /// To a root mean square of 1.
    case rootMeanSquare(epsilon: Double = 1e-6)
  }

  /// The number of heads of attention.
  public var heads: Int
  /// The number of hidden features of the feed-forward layer.
  public var hidden: Int
  /// The number of heads of keys and values, by default as many as heads.
  public var keyValueHeads: Int?
  /// The features of a head, by default the input's divided by the number of heads.
  public var headFeatures: Int?
  /// How a sequence's attention to itself depends on the tokens' positions, if it does.
  public var positions: AttentionPositions?
  /// The activation of the feed-forward layer.
  public var activation: Activation
  /// Whether the feed-forward layer has gates.
  public var isGated: Bool
  /// How features are normalized.
  public var norm: Norm
  /// Whether features are normalized before each part, so that what goes around the parts stays as
  /// it is, or after each sum.
  public var normalizesFirst: Bool
  /// The probability with which features are set to 0 while training: those of each part's output,
  /// and hidden ones.
  public var dropoutRate: Double
  /// The probability with which weights of attention are set to 0 while training.
  public var attentionDropoutRate: Double
  /// Whether attention and feed-forward layers have biases.
  public var useBias: Bool

  /// Creates options; see the properties of the same names.
  public init(
    heads: Int, hidden: Int, keyValueHeads: Int? = nil, headFeatures: Int? = nil,
    positions: AttentionPositions? = nil, activation: Activation = .gelu, isGated: Bool = false,
    norm: Norm = .layer(), normalizesFirst: Bool = true, dropoutRate: Double = 0,
    attentionDropoutRate: Double = 0, useBias: Bool = true
  ) {
    self.heads = heads
    self.hidden = hidden
    self.keyValueHeads = keyValueHeads
    self.headFeatures = headFeatures
    self.positions = positions
    self.activation = activation
    self.isGated = isGated
    self.norm = norm
    self.normalizesFirst = normalizesFirst
    self.dropoutRate = dropoutRate
    self.attentionDropoutRate = attentionDropoutRate
    self.useBias = useBias
  }
}

/// What stands for a stack of no layers, so that building reports it like every other problem.
private struct MissingTransformerLayers: Layer {
  let operation: String
  let count: Int

  func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    throw LayerProblem("at least one layer", got: "\(count)")
  }

  func apply(_ call: LayerCall) -> LayerResult { LayerResult(call.input) }
}

/// The layers of a transformer block, all written at one place of a program.
struct TransformerLayers {
  let block: TransformerBlock
  let file: StaticString
  let line: Int

  /// Blocks on top of each other, under names with numbers if there are several.
  func stacked(
    _ operation: String, _ layers: Int, on model: Model, name: String?,
    layer: (Model) -> Model
  ) -> Model {
    guard layers > 0 else {
      return model.adding(
        MissingTransformerLayers(operation: operation, count: layers), name: name, file, line)
    }
    return (0 ..< layers).reduce(model) { model, number in
      model.block(operation, name: name.map { layers == 1 ? $0 : "\($0)_\(number)" }, layer)
    }
  }

  /// A sequence's attention to itself, added to it.
  func attention(_ x: Model, mask: Model?, isCausal: Bool) -> Model {
    residual(x, "attention") {
      $0.multiHeadAttention(
        heads: block.heads, keyValueHeads: block.keyValueHeads, headFeatures: block.headFeatures,
        mask: mask, isCausal: isCausal, positions: block.positions,
        dropoutRate: block.attentionDropoutRate, useBias: block.useBias, name: "attention",
        file: file, line: line)
    }
  }

  /// A sequence's attention to a memory, added to it.
  func attention(_ x: Model, to memory: Model, mask: Model?) -> Model {
    residual(x, "memory_attention") {
      $0.multiHeadAttention(
        heads: block.heads, keyValueHeads: block.keyValueHeads, headFeatures: block.headFeatures,
        to: memory, mask: mask, dropoutRate: block.attentionDropoutRate, useBias: block.useBias,
        name: "memory_attention", file: file, line: line)
    }
  }

  /// A feed-forward layer's output, added to its input.
  func feedForward(_ x: Model) -> Model {
    residual(x, "feed_forward") {
      $0.feedForward(
        hidden: block.hidden, activation: block.activation, isGated: block.isGated,
        dropoutRate: block.dropoutRate, useBias: block.useBias, name: "feed_forward", file: file,
        line: line)
    }
  }

  /// A model with what a part makes of it added.
  private func residual(_ x: Model, _ name: String, part: (Model) -> Model) -> Model {
    let output = part(block.normalizesFirst ? normalized(x, name) : x)
    let kept =
      block.dropoutRate == 0
      ? output
      : output.dropout(rate: block.dropoutRate, name: "\(name)_dropout", file: file, line: line)
    let sum = Model.add(x, kept, name: "\(name)_sum", file: file, line: line)
    return block.normalizesFirst ? sum : normalized(sum, name)
  }

  private func normalized(_ x: Model, _ name: String) -> Model {
    switch block.norm {
    case .layer(let epsilon):
      x.layerNorm(epsilon: epsilon, name: "\(name)_norm", file: file, line: line)
    case .rootMeanSquare(let epsilon):
      x.rmsNorm(epsilon: epsilon, name: "\(name)_norm", file: file, line: line)
    }
  }
}
