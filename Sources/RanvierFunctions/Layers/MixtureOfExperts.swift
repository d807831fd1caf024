public import RanvierTensors

/// For each token, the sum of experts' outputs, weighted by how well they fit; an expert is a
/// ``feedForward(_:hiddenKernel:hiddenBias:outputKernel:outputBias:activation:isGated:dropoutRate:dropoutKey:)``.
///
/// `sum(weights[expert] * feedForward[expert](x))`. No token is left out, and no expert has a limited
/// capacity. All experts are computed for all tokens, in two products, whether their weights are 0
/// or not: time and memory grow with the number of experts.
///
///     let weights = expertWeights(dense(x, routerKernel), chosen: 2)
///     let y = mixtureOfExperts(x, weights: weights, hiddenKernels: w1, outputKernels: w2)
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
///   - activation: What is done with hidden features.
///   - isGated: Whether the first half of hidden features opens gates for the second.
/// - Source: Shazeer et al. 2017, arXiv:1701.06538.
public func mixtureOfExperts(
  _ x: Tensor, weights: Tensor, hiddenKernels: Tensor, hiddenBiases: Tensor? = nil,
  outputKernels: Tensor, outputBiases: Tensor? = nil, activation: Activation = .relu,
  isGated: Bool = false
) -> Tensor {
  let operation = "mixtureOfExperts"
  do throws(OperationError) {
    let experts = Experts(
      hiddenKernels: hiddenKernels, hiddenBiases: hiddenBiases, outputKernels: outputKernels,
      outputBiases: outputBiases)
    try experts.check(x, weights, isGated: isGated, operation: operation)
    let (tokens, outputs) = (
      x.shape.sizes.dropLast().reduce(1, *), outputKernels.shape[2]
    )
    // [experts, tokens, hidden]: one product of all tokens with each kernel.
    var hidden = matmul(x.reshaped(to: [1, tokens, x.shape[-1]]), hiddenKernels)
    if let hiddenBiases { hidden = hidden + hiddenBiases.expandedDimension(at: 1) }
    let shares = weights.reshaped(to: [tokens, experts.count]).cast(to: x.elementType)
    let weighted =
      activated(hidden, activation, isGated: isGated, operation: operation)
      * shares.transposed().expandedDimension(at: -1)
    // The sum over the experts takes less time than bringing hidden features side by side, so that
    // it would be part of one product.
    var output = matmul(weighted, outputKernels).sum(alongAxes: [0])
    if let outputBiases { output = output + matmul(shares, outputBiases) }
    return output.reshaped(to: Shape(x.shape.sizes.dropLast() + [outputs])).spelled(operation)
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

  var count: Int { hiddenKernels.shape[0] }

  /// Checks that parameters fit the tokens, the weights and each other.
  func check(
    _ x: Tensor, _ weights: Tensor, isGated: Bool, operation: String
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
  }
}
