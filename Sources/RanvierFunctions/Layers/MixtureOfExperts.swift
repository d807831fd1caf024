public import RanvierTensors

/// For each token, the sum of experts' outputs, weighted by how well they fit; an expert is a
/// ``feedForward(_:hiddenKernel:hiddenBias:outputKernel:outputBias:activation:isGated:dropoutRate:dropoutKey:)``.
///
/// `sum(weights[expert] * feedForward[expert](x))`. No token is left out, and no expert has a limited
/// capacity. With a number of chosen experts, tokens are put in the order of their experts, and time
/// grows with that number; without, all experts are computed for all tokens, whether their weights
/// are 0 or not.
///
///     let weights = expertWeights(dense(x, routerKernel), chosen: 2)
///     let y = mixtureOfExperts(
///       x, weights: weights, hiddenKernels: w1, outputKernels: w2, chosen: 2)
///
/// - Shapes: x `[..., features]`, weights `[..., experts]`, hidden kernels `[experts, features,
///   hidden]` or, gated, `[experts, features, 2 * hidden]`, hidden biases `[experts, hidden]`, output
///   kernels `[experts, hidden, outputs]`, output biases `[experts, outputs]`; result
///   `[..., outputs]`.
/// - Parameters:
///   - x: The tokens.
///   - weights: How much each expert counts for each token, as by ``expertWeights(_:chosen:)``.
///   - hiddenKernels: The experts' first kernels.
///   - hiddenBiases: The experts' first biases.
///   - outputKernels: The experts' second kernels.
///   - outputBiases: The experts' second biases.
///   - chosen: How many experts count for a token, those with the largest weights; all by default.
///   - activation: What is done with hidden features.
///   - isGated: Whether the first half of hidden features opens gates for the second.
/// - Source: Shazeer et al. 2017, arXiv:1701.06538.
public func mixtureOfExperts(
  _ x: Tensor, weights: Tensor, hiddenKernels: Tensor, hiddenBiases: Tensor? = nil,
  outputKernels: Tensor, outputBiases: Tensor? = nil, chosen: Int? = nil,
  activation: Activation = .relu, isGated: Bool = false
) -> Tensor {
  let operation = "mixtureOfExperts"
  do throws(OperationError) {
    let experts = Experts(
      hiddenKernels: hiddenKernels, hiddenBiases: hiddenBiases, outputKernels: outputKernels,
      outputBiases: outputBiases, activation: activation, isGated: isGated)
    try experts.check(x, weights, chosen: chosen, operation: operation)
    let tokens = x.shape.sizes.dropLast().reduce(1, *)
    let rows = x.reshaped(to: [tokens, x.shape[-1]])
    let shares = weights.reshaped(to: [tokens, experts.count])
    let output: Tensor
    if let chosen, chosen < experts.count {
      let best = shares.top(chosen)
      let chosenShares = best.values.cast(to: x.elementType)
      if ExpertBlocks.areWorthwhile(tokens: tokens, chosen: chosen, experts: experts.count) {
        output = experts.sumOfChosen(rows, shares: chosenShares, choices: best.positions)
      } else {
        let isChosen = oneHot(best.positions, count: experts.count, elementType: x.elementType)
        output = experts.sumOfAll(
          rows, shares: (chosenShares.expandedDimension(at: -1) * isChosen).sum(alongAxes: [1]))
      }
    } else {
      output = experts.sumOfAll(rows, shares: shares.cast(to: x.elementType))
    }
    return output.reshaped(to: Shape(x.shape.sizes.dropLast() + [outputKernels.shape[2]]))
      .spelled(operation)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The parameters of experts, one after the other.
private struct Experts {
  let hiddenKernels: Tensor
  let hiddenBiases: Tensor?
  let outputKernels: Tensor
  let outputBiases: Tensor?
  let activation: Activation
  let isGated: Bool

  var count: Int { hiddenKernels.shape[0] }

  /// Hidden features `[experts, rows, hidden]` of rows `[experts or 1, rows, features]`.
  private func hidden(_ rows: Tensor) -> Tensor {
    var hidden = matmul(rows, hiddenKernels)
    if let hiddenBiases { hidden = hidden + hiddenBiases.expandedDimension(at: 1) }
    return activated(hidden, activation, isGated: isGated, operation: "mixtureOfExperts")
  }

  /// The sum over all experts, for shares `[tokens, experts]`.
  func sumOfAll(_ rows: Tensor, shares: Tensor) -> Tensor {
    // [experts, tokens, hidden]: one product of all tokens with each kernel.
    let weighted =
      hidden(rows.expandedDimension(at: 0)) * shares.transposed().expandedDimension(at: -1)
    // The sum over the experts takes less time than bringing hidden features side by side, so that
    // it would be part of one product.
    let output = matmul(weighted, outputKernels).sum(alongAxes: [0])
    return outputBiases.map { output + matmul(shares, $0) } ?? output
  }

  /// The sum over the experts that each token has chosen, for shares and choices `[tokens, chosen]`.
  func sumOfChosen(_ rows: Tensor, shares: Tensor, choices: Tensor) -> Tensor {
    let blocks = ExpertBlocks(choices, experts: count)
    func ofBlocks(_ parameters: Tensor) -> Tensor { parameters.gathered(at: blocks.experts) }
    let experts = Experts(
      hiddenKernels: ofBlocks(hiddenKernels), hiddenBiases: hiddenBiases.map(ofBlocks),
      outputKernels: ofBlocks(outputKernels), outputBiases: outputBiases.map(ofBlocks),
      activation: activation, isGated: isGated)
    let sorted = rows.gathered(at: blocks.tokens)
      .reshaped(to: [experts.count, blocks.size, rows.shape[1]])
    var output = matmul(experts.hidden(sorted), experts.outputKernels)
    if let biases = experts.outputBiases { output = output + biases.expandedDimension(at: 1) }
    let found = output.reshaped(to: [experts.count * blocks.size, output.shape[2]])
      .gathered(at: blocks.rows)
    return (found * shares.expandedDimension(at: -1)).sum(alongAxes: [1])
  }

  /// Checks that parameters fit the tokens, the weights and each other.
  func check(
    _ x: Tensor, _ weights: Tensor, chosen: Int?, operation: String
  ) throws(OperationError) {
    let tensors = [x, weights, hiddenKernels, hiddenBiases, outputKernels, outputBiases]
      .compactMap { $0 }
    for tensor in tensors { if let error = tensor.error { throw error } }
    let (first, second) = (hiddenKernels.shape, outputKernels.shape)
    guard tensors.allSatisfy({ $0.elementType.isFloatingPoint }), x.rank > 0, weights.rank > 0,
      first.rank == 3, second.rank == 3, x.shape[-1] == first[1],
      first[2] == second[1] * (isGated ? 2 : 1), first[0] == second[0],
      weights.shape == Shape(x.shape.sizes.dropLast() + [first[0]]),
      hiddenBiases.map({ $0.shape == [first[0], first[2]] }) ?? true,
      outputBiases.map({ $0.shape == [second[0], second[2]] }) ?? true
    else {
      let hidden = isGated ? "2 * hidden" : "hidden"
      throw OperationError(
        operation: operation,
        rule: "floating-point numbers x [..., features], weights [..., experts], hidden kernels "
          + "[experts, features, \(hidden)] with biases [experts, \(hidden)] and output kernels "
          + "[experts, hidden, outputs] with biases [experts, outputs]",
        got: tensors.map(\.type.description).joined(separator: ", "))
    }
    if let chosen, !(1 ... max(count, 1)).contains(chosen) {
      throw OperationError(
        operation: operation, rule: "at least one and at most all experts that are chosen",
        got: "\(chosen) of \(count)")
    }
  }
}
