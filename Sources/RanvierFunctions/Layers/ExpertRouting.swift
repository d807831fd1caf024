public import RanvierTensors

/// How much each expert counts for each token: a softmax over the experts with the largest scores,
/// and 0 for all others.
///
/// - Shapes: scores `[..., experts]`, result as scores.
/// - Parameters:
///   - scores: Numbers of any size, such as products with a router's kernel.
///   - chosen: How many experts are chosen; of equal scores, the first.
/// - Source: Shazeer et al. 2017, arXiv:1701.06538; Jiang et al. 2024, arXiv:2401.04088.
public func expertWeights(_ scores: Tensor, chosen: Int) -> Tensor {
  do throws(OperationError) {
    let best = try bestExperts(scores, chosen, operation: "expertWeights")
    let isChosen = oneHot(
      best.positions, count: scores.shape[-1], elementType: best.values.elementType)
    let weights = softmax(best.values).expandedDimension(at: -1) * isChosen
    return weights.sum(alongAxes: [-2]).cast(to: scores.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}

/// A penalty that is least where all experts are chosen equally often.
///
/// `experts * sum(share * mean(softmax(scores)))` over the experts, where an expert's share is that
/// of all choices that fell on it; it has no derivative. The value is 1 where tokens are spread
/// evenly, and `experts / chosen` at most. It is to be added to the loss with a small factor.
///
/// - Shapes: scores `[..., experts]`, result `[]`.
/// - Parameters:
///   - scores: The scores that ``expertWeights(_:chosen:)`` got.
///   - chosen: How many experts are chosen for each token.
/// - Source: Fedus, Zoph & Shazeer 2021, arXiv:2101.03961; Lepikhin et al. 2020, arXiv:2006.16668.
public func loadBalancing(_ scores: Tensor, chosen: Int) -> Tensor {
  do throws(OperationError) {
    let best = try bestExperts(scores, chosen, operation: "loadBalancing")
    let experts = scores.shape[-1]
    let wide = widened(scores).reshaped(to: [scores.count / experts, experts])
    let shares = oneHot(
      best.positions.flattened(), count: experts, elementType: wide.elementType)
    let probabilities = softmax(wide).mean(alongAxes: [0])
    return (shares.mean(alongAxes: [0]) * probabilities).sum() * Double(experts)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The largest scores and their positions `[..., chosen]`.
private func bestExperts(
  _ scores: Tensor, _ chosen: Int, operation: String
) throws(OperationError) -> (values: Tensor, positions: Tensor) {
  if let error = scores.error { throw error }
  guard scores.rank > 0, scores.elementType.isFloatingPoint, chosen > 0,
    chosen <= scores.shape[-1]
  else {
    throw OperationError(
      operation: operation,
      rule: "floating-point scores [..., experts], of which one to all are chosen",
      got: "\(scores.type) and \(chosen) chosen")
  }
  return widened(scores).top(chosen)
}
