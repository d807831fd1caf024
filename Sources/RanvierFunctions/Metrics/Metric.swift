public import RanvierTensors

/// A measure of predictions, exact over a whole data set however it is divided into batches.
///
/// A metric is three functions: the state for no examples, the state after another batch, and the
/// value of a state. States of parts of the data set can be merged.
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
  /// The state after another batch, whose examples may have weights `[batch]`.
  public let accumulate: Accumulate
  /// The state for the examples of two states.
  public let merge: @Sendable (_ first: Parameters, _ second: Parameters) -> Parameters
  /// The value, a scalar.
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

  /// The value for one batch.
  public func callAsFunction(
    _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil
  ) -> Tensor {
    finalize(accumulate(initialize(), targets, predictions, weights))
  }

  /// Every metric of this library, with default options.
  public static let catalog: [Metric] = [.accuracy, .meanAbsoluteError, .meanSquaredError]

  public var description: String { name }
}
