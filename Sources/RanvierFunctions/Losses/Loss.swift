public import RanvierTensors

/// What training makes small: a measure of how far predictions are from targets.
public struct Loss: Sendable, CustomStringConvertible {
  /// The name, such as `mean_squared_error`.
  public let name: String
  private let function: @Sendable (Tensor, Tensor) -> Tensor

  /// Creates a loss of your own.
  ///
  ///     Loss("largest_error") { targets, predictions in
  ///       abs(targets - predictions).max(alongAxes: [-1])
  ///     }
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - function: The losses of targets and predictions. The first axis is the batch, so that
  ///     examples can be weighted; a scalar works too as long as nothing asks for weights.
  public init(
    _ name: String,
    _ function: @escaping @Sendable (_ targets: Tensor, _ predictions: Tensor) -> Tensor
  ) {
    self.name = name
    self.function = function
  }

  /// The loss of a batch, by default the mean over its samples: a scalar.
  ///
  /// - Parameters:
  ///   - targets: What is true.
  ///   - predictions: What the model says.
  ///   - weights: How much each sample counts, or a mask; `[batch]` or more of the losses' leading
  ///     axes.
  ///   - reduction: What becomes of the losses.
  public func callAsFunction(
    _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil,
    reduction: Reduction = .mean
  ) -> Tensor {
    guard let weights else { return reduction(function(targets, predictions)) }
    let losses = function(leavingOut(targets, weights), leavingOut(predictions, weights))
    if losses.error == nil, losses.rank == 0, weights.rank > 0 {
      return Tensor(invalid: notPerExample(targets, predictions))
    }
    return reduction(losses, weights: weights)
  }

  /// One loss for each example of a batch, the mean over its samples: `[batch]`.
  public func perExample(_ targets: Tensor, _ predictions: Tensor) -> Tensor {
    let losses = function(targets, predictions)
    if losses.error != nil { return losses }
    if losses.rank == 0 { return Tensor(invalid: notPerExample(targets, predictions)) }
    return losses.rank == 1 ? losses : losses.mean(alongAxes: Array(1 ..< losses.rank))
  }

  private func notPerExample(_ targets: Tensor, _ predictions: Tensor) -> OperationError {
    OperationError(
      operation: name, rule: "one loss for each example in order to weight them",
      got: "a scalar for targets \(targets.type), predictions \(predictions.type)",
      hint: "reduce over every axis but the first")
  }

  /// Every loss of this library, with default options.
  public static let catalog: [Loss] = [
    .binaryCrossEntropy, .categoricalCrossEntropy, .categoricalFocal, .categoricalHinge,
    .cosineSimilarity, .dice, .focal, .hinge, .huber, .klDivergence, .logCosh, .meanAbsoluteError,
    .meanAbsolutePercentageError, .meanSquaredError, .meanSquaredLogarithmicError, .minimax,
    .negativeLogLikelihood, .pinball, .poisson, .softMargin, .squaredHinge, .tversky, .wasserstein,
  ]

  public var description: String { name }
}
