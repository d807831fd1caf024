public import RanvierFunctions
internal import RanvierTensors

/// How attention depends on the positions of tokens, which it does not know otherwise.
public enum AttentionPositions: Sendable, Hashable, CustomStringConvertible {
  /// Queries and keys are turned by angles that grow with the position, as by
  /// ``rotaryPositions(_:heads:base:pairing:offset:)``.
  case rotary(base: Double = 10_000, pairing: FeaturePairing = .halves)
  /// Attention fades with the distance, at another rate in each head, as by
  /// ``linearPositionBias(heads:queries:keys:offset:elementType:)`` (ALiBi). The
  /// scores of all pairs of tokens are in memory then.
  case linearBias

  public var description: String {
    switch self {
    case .rotary(let base, let pairing):
      let options =
        (base == 10_000 ? [] : ["base: \(base)"])
        + (pairing == .halves ? [] : ["pairing: \(pairing.rawValue)"])
      return "rotary" + (options.isEmpty ? "" : "(\(options.joined(separator: ", ")))")
    case .linearBias: return "linear bias"
    }
  }

  /// Checks what positions need of an attention.
  func check(headFeatures: Int, hasMemory: Bool) throws(LayerProblem) {
    guard !hasMemory else {
      throw LayerProblem(
        "a sequence that attends to itself for positions", got: "\(self) with a memory",
        hint: "add positions to both sequences instead")
    }
    guard case .rotary(let base, _) = self else { return }
    guard headFeatures.isMultiple(of: 2), base > 0, base.isFinite else {
      throw LayerProblem(
        "an even number of features of each head, and a positive base, for rotary positions",
        got: "head features \(headFeatures), base \(base)")
    }
  }

  /// Queries and keys `[batch, tokens, heads * share]` that know their positions, and the mask.
  func placed(
    _ parts: [Tensor], _ mask: Tensor?, heads: Int, keyValueHeads: Int
  ) -> (query: Tensor, key: Tensor, mask: Tensor?) {
    let (query, key) = (parts[0], parts[1])
    switch self {
    case .rotary(let base, let pairing):
      return (
        rotaryPositions(query, heads: heads, base: base, pairing: pairing),
        rotaryPositions(key, heads: keyValueHeads, base: base, pairing: pairing), mask
      )
    case .linearBias:
      if query.error != nil || key.error != nil { return (query, key, mask) }
      let bias = linearPositionBias(heads: heads, queries: query.shape[-2], keys: key.shape[-2])
      guard let mask else { return (query, key, bias) }
      return (query, key, mask.elementType == .bool ? restricted(bias, to: mask) : bias + mask)
    }
  }
}
