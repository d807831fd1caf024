public import RanvierTensors

/// How a graph convolution weighs the neighbours of a node by its degree, the sum of its edges.
public enum AdjacencyNormalization: String, Sendable, Hashable {
  /// By nothing: a sum over neighbours.
  case none
  /// By `1 / sqrt(degree of the node * degree of the neighbour)`.
  case symmetric
  /// By `1 / degree of the node`: a mean over neighbours.
  case rows
}

/// Gives each node of a graph what its neighbours' features, multiplied by a matrix, add up to.
///
/// `Â · x · kernel + bias`, where `Â` is the adjacency with an edge of each node to itself,
/// normalized: `D^(-1/2) (A + I) D^(-1/2)` by default, with the degrees `D` of `A + I`. A node
/// without any edge gets zeros, plus the bias.
///
/// - Shapes: x `[nodes, features]` or `[batch, nodes, features]`, adjacency `[nodes, nodes]` or
///   `[batch, nodes, nodes]`, kernel `[features, outputs]`, bias `[outputs]`; result as x with
///   `outputs` features. A batch may share one adjacency.
/// - Parameters:
///   - x: The features of each node.
///   - adjacency: The weight of the edge to each node (row) from each node (column), 0 for none.
///     Weights are not negative; bools are edges of weight 1.
///   - kernel: Multiplies the features.
///   - bias: Added to each node's result.
///   - normalization: How neighbours are weighed.
///   - selfLoops: Whether each node counts as its own neighbour, by an edge of weight 1.
/// - Source: Kipf & Welling 2016, arXiv:1609.02907, equation 2.
public func graphConvolution(
  _ x: Tensor, adjacency: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil,
  normalization: AdjacencyNormalization = .symmetric, selfLoops: Bool = true
) -> Tensor {
  let operation = "graphConvolution"
  let tensors = [x, adjacency, kernel] + [bias].compactMap { $0 }
  if let error = tensors.lazy.compactMap(\.error).first { return Tensor(invalid: error) }
  let nodes = x.rank > 1 ? x.shape[-2] : 0
  guard (2 ... 3).contains(x.rank), (2 ... x.rank).contains(adjacency.rank),
    adjacency.shape.sizes.suffix(2) == [nodes, nodes],
    adjacency.rank == 2 || adjacency.shape[0] == x.shape[0], kernel.rank == 2,
    kernel.shape[0] == x.shape[-1], x.elementType.isFloatingPoint
  else {
    return Tensor(
      invalid: OperationError(
        operation: operation,
        rule: """
          floating-point numbers [nodes, features] or [batch, nodes, features], an adjacency \
          [nodes, nodes] or one for each example, and a kernel [features, outputs]
          """,
        got: "x \(x.type), adjacency \(adjacency.shape), kernel \(kernel.shape)"))
  }
  let edges = adjacency.cast(to: x.elementType)
  let features = dense(x, kernel)
  // The normalized adjacency is never made: its factors stand before and behind the sum.
  func gathered(_ features: Tensor) -> Tensor {
    let sum = matmul(edges, features)
    return selfLoops ? sum + features : sum
  }
  let result: Tensor
  if normalization == .none {
    result = gathered(features)
  } else {
    let sums = widened(edges).sum(alongAxes: [-1], keepingAxes: true)
    let degree = selfLoops ? sums + 1 : sums
    let isAlone = equal(degree, 0)
    let safe = select(isAlone, 1, degree)
    let isSymmetric = normalization == .symmetric
    let factor = select(isAlone, 0, isSymmetric ? rsqrt(safe) : 1 / safe).cast(to: x.elementType)
    result =
      isSymmetric ? factor * gathered(factor * features) : factor * gathered(features)
  }
  return addingBias(result.spelled(operation), bias, operation: operation)
}
