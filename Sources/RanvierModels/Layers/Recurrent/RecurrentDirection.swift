package import RanvierFunctions
internal import RanvierTensors

/// In which order a recurrent layer reads sequences.
package enum RecurrentDirection: Sendable, Hashable {
  case forward
  case backward
  /// Both, by two networks or by one of the same weights.
  case both(BidirectionalMerge, sharesWeights: Bool)

  /// A network of a layer: what its parameters' names begin with, and whether it reads backwards.
  struct Network {
    var prefix: String
    var isReversed: Bool
  }

  /// The networks of the layer.
  var networks: [Network] {
    switch self {
    case .forward: [Network(prefix: "", isReversed: false)]
    case .backward: [Network(prefix: "", isReversed: true)]
    case .both(_, let sharesWeights):
      [
        Network(prefix: sharesWeights ? "" : "forward_", isReversed: false),
        Network(prefix: sharesWeights ? "" : "backward_", isReversed: true),
      ]
    }
  }

  /// What the parameters' names begin with, each once.
  var prefixes: [String] {
    let all = networks.map(\.prefix)
    return all.first == all.last ? [all[0]] : all
  }

  /// Options to show.
  var options: [LayerOption] {
    switch self {
    case .forward: []
    case .backward: [LayerOption("direction", "backward")]
    case .both(let merge, let sharesWeights):
      [LayerOption("direction", "both"), LayerOption("merge", merge.rawValue)]
        + (sharesWeights ? [LayerOption("shares weights", true)] : [])
    }
  }

  /// The shape of what becomes of results of a shape.
  func merged(_ shape: DynamicShape) -> DynamicShape {
    guard case .both(let merge, _) = self else { return shape }
    var sizes = shape.sizes
    switch merge {
    case .concatenate: sizes[sizes.count - 1] = sizes[sizes.count - 1].map { 2 * $0 }
    case .stack: sizes.insert(2, at: sizes.count - 1)
    case .sum, .average, .multiply: break
    }
    return DynamicShape(sizes)
  }

  /// What becomes of the results of the networks.
  func merged(_ results: [Tensor]) -> Tensor {
    guard case .both(let merge, _) = self else { return results[0] }
    return merge(results[0], results[1])
  }
}
