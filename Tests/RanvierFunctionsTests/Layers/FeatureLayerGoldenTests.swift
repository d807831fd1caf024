import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct FeatureLayerGoldenTests {
  /// The options of a golden case of the family `feature_layers`.
  struct Options: Decodable, Sendable {
    var layer: String
    var inputs: [String]
    var padding: Int?
    var by_frequency: Bool?
    var normalization: String?
    var loops: Bool?
    var gate: String?
    var size: Size?
    var start: [Int]?
    var order: [Int]?
    var scale: Double?
    var shift: Double?
    var rate: Double?
    var seed: UInt64?
    var shared: [Int]?
    var value: Double?

    /// One number or one for each axis.
    struct Size: Decodable, Sendable {
      var sizes: [Int]
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        sizes = try (try? [container.decode(Int.self)]) ?? container.decode([Int].self)
      }
    }

    /// The layer's output.
    func callAsFunction(_ x: [Tensor], _ v: Parameters) -> Tensor? {
      let key = RandomKey(seed: seed ?? 0)
      let rate = rate ?? 0
      return switch layer {
      case "dense": dense(x[0], x[1], x.count > 2 ? x[2] : nil)
      case "bilinear": bilinear(x[0], x[1], x[2], x.count > 3 ? x[3] : nil)
      case "bias": bias(x[0], x[1])
      case "embedding":
        embedding(
          v["ids"], table: x[0], paddingIndex: padding, scalingByFrequency: by_frequency ?? false)
      case "graph": graph(x, v)
      case "squeeze":
        squeezeExcitation(
          x[0], squeezeKernel: x[1], squeezeBias: x.count > 3 ? x[3] : nil, exciteKernel: x[2],
          exciteBias: x.count > 3 ? x[4] : nil)
      case "crop": crop(x[0], to: size?.sizes ?? [], at: start)
      case "channels": permuteChannels(x[0], order: order ?? [])
      case "transform": linearTransform(x[0], scale: scale ?? 0, shift: shift ?? 0)
      case "dropout":
        dropout(
          x[0], rate: rate, sharedAxes: shared ?? [], maskValue: value ?? 0, scale: scale,
          shift: shift ?? 0, key: key)
      case "spatial_dropout": spatialDropout(x[0], rate: rate, key: key)
      case "alpha_dropout": alphaDropout(x[0], rate: rate, key: key)
      case "feature_alpha_dropout": featureAlphaDropout(x[0], rate: rate, key: key)
      case "block_dropout":
        blockDropout(x[0], rate: rate, blockSize: size?.sizes[0] ?? 0, key: key)
      default: nil
      }
    }

    private func graph(_ x: [Tensor], _ v: Parameters) -> Tensor {
      func value(_ name: String) -> Tensor? { inputs.firstIndex(of: name).map { x[$0] } }
      return graphConvolution(
        x[0], adjacency: value("edges") ?? v["edges"], x[1], value("bias"),
        normalization: AdjacencyNormalization(rawValue: normalization ?? "") ?? .none,
        selfLoops: loops ?? true)
    }
  }

  @Test(.tags(.golden), arguments: try Golden("feature_layers").cases)
  func `values and gradients equal PyTorch's, compiled and not, in f64 and f32`(
    name: String
  ) throws {
    let golden = try Golden("feature_layers")
    let options = try golden.options(name, as: Options.self)
    let tensors = golden.tensors(name)
    try #require(options(options.inputs.map { tensors[$0] }, tensors) != nil)
    // Frequencies scale the derivative alone.
    try expectGoldenEverywhere(
      golden, name, inputs: options.inputs, hasFiniteDifferences: options.by_frequency != true
    ) { options($0, $1) ?? Tensor(0) }
  }

  @Test func `there are three cases of every layer`() throws {
    let golden = try Golden("feature_layers")
    var counts: [String: Int] = [:]
    for name in golden.cases {
      counts[try golden.options(name, as: Options.self).layer, default: 0] += 1
    }
    #expect(counts.count == 14)
    for (layer, count) in counts { #expect(count >= 3, "\(layer)") }
  }
}
