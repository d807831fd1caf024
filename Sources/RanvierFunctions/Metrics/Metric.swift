public import RanvierTensors

/// A measure of predictions, exact over a whole data set however it is divided into batches.
///
/// A metric is a few functions: the state for no examples, the state after another batch, the state
/// for the examples of two states, and the value of a state. They work eagerly and compiled. A
/// state after a batch is that for no examples merged with the batch's own, so that parts of a data
/// set may be measured anywhere and in any order.
///
/// Most states are sums of fixed shapes. Those of metrics over classes take their shape from the
/// first batch; those that need every score grow, see ``CurvePoints``. A compiled function that
/// carries such a state is compiled anew for each new shape; merge the states of batches outside it
/// instead, as the training loop does.
///
/// Weights of 0 leave examples out, whatever these hold, and whole numbers count as if the example
/// occurred that often.
public struct Metric: Sendable, CustomStringConvertible {
  /// The state after another batch.
  public typealias Accumulate =
    @Sendable (
      _ state: Parameters, _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?
    ) -> Parameters

  /// The name, such as `accuracy`.
  public let name: String
  /// The state for no examples.
  public let initialize: @Sendable () -> Parameters
  /// The state after another batch, whose examples may have weights: `[batch]`, or more of the
  /// leading axes of what is measured, such as `[batch, time]`.
  public let accumulate: Accumulate
  /// The state for the examples of two states.
  public let merge: @Sendable (_ first: Parameters, _ second: Parameters) -> Parameters
  /// The value: a scalar, unless the metric says otherwise.
  public let finalize: @Sendable (_ state: Parameters) -> Tensor

  /// Creates a metric; states are merged by adding their tensors unless another way is given.
  public init(
    _ name: String, initialize: @escaping @Sendable () -> Parameters,
    accumulate: @escaping Accumulate,
    merge: @escaping @Sendable (_ first: Parameters, _ second: Parameters) -> Parameters = {
      $0.combined(with: $1) { $0 + $1 }
    },
    finalize: @escaping @Sendable (_ state: Parameters) -> Tensor
  ) {
    self.name = name
    self.initialize = initialize
    self.accumulate = accumulate
    self.merge = merge
    self.finalize = finalize
  }

  /// Creates a metric by the state of one batch, and how states are merged.
  init(
    _ name: String, initialize: @escaping @Sendable () -> Parameters,
    measure:
      @escaping @Sendable (
        _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?
      ) -> Parameters,
    merge: @escaping @Sendable (_ first: Parameters, _ second: Parameters) -> Parameters,
    finalize: @escaping @Sendable (_ state: Parameters) -> Tensor
  ) {
    self.init(
      name, initialize: initialize, accumulate: { merge($0, measure($1, $2, $3)) }, merge: merge,
      finalize: finalize)
  }

  /// The value for one batch.
  public func callAsFunction(
    _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil
  ) -> Tensor {
    finalize(accumulate(initialize(), targets, predictions, weights))
  }

  /// The metric under another name, so that a loop can have it twice with different options.
  public func named(_ name: String) -> Metric {
    mapped(name) { $0 }
  }

  /// The metric whose value is a function of this one's.
  public func mapped(
    _ name: String, _ transform: @escaping @Sendable (_ value: Tensor) -> Tensor
  ) -> Metric {
    let finalize = self.finalize
    return Metric(
      name, initialize: initialize, accumulate: accumulate, merge: merge,
      finalize: { transform(finalize($0)) })
  }

  /// A metric with an option that is not in its range: its value is an error.
  static func wrong(
    _ name: String, _ operation: String, _ rule: String, got: String
  ) -> Metric {
    let error = Tensor(
      invalid: OperationError(operation: operation, rule: rule, got: got))
    return Metric(
      name, initialize: { ["error": error] }, accumulate: { state, _, _, _ in state },
      finalize: { $0["error"] })
  }

  /// Every metric of this library, with default options.
  public static let catalog: [Metric] = [
    .accuracy, .areaUnderROC, .averagePrecision, .balancedAccuracy, .cohenKappa, .confusionMatrix,
    .cosineSimilarity, .exactMatch, .f1, .falseNegatives, .falsePositives, .intersectionOverUnion,
    .labelAccuracy, .logLoss, .matthewsCorrelation, .meanAbsoluteError,
    .meanAbsolutePercentageError, .meanSquaredError, .meanSquaredLogarithmicError, .perplexity,
    .precision, .r2, .recall, .rootMeanSquaredError, .specificity, .topKAccuracy, .trueNegatives,
    .truePositives,
  ]

  public var description: String { name }
}
