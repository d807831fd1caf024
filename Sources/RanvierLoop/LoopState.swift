internal import RanvierFunctions
public import RanvierModels
public import RanvierTensors

/// Where a loop stands: everything it knows, as one value.
public struct LoopState: Sendable {
  /// What a loop has come to.
  public enum Status: Sendable, Hashable {
    case running, completed, halted
  }

  /// The figures of an epoch.
  public struct EpochRecord: Sendable, Hashable {
    /// The number of the epoch, from 1.
    public var epoch: Int
    /// The values of all metrics that are scalars by name, validation's with the prefix
    /// `validation_`.
    public var metrics: [String: Double]
    /// How long the epoch took, validation included.
    public var seconds: Double
    /// How many batches were processed.
    public var iterations: Int
    /// Whether a handler ended the epoch early.
    public var isHalted: Bool
  }

  /// The number of the epoch, from 1; 0 before the first.
  public internal(set) var epoch = 0
  /// The number of epochs the loop is going to do.
  public internal(set) var epochCount: Int
  /// The number of batches done in this epoch.
  public internal(set) var iteration = 0
  /// The number of batches of an epoch.
  public internal(set) var batchCount: Int
  /// The number of batches done since the loop began.
  public internal(set) var totalIterations = 0
  /// Whether the loop is running, and how it ended.
  public internal(set) var status = Status.running
  /// The figures of the epochs so far.
  public internal(set) var history: [EpochRecord] = []
  /// The loss of the last batch; not-a-number before the first, and in a loop without loss.
  public internal(set) var batchLoss = Double.nan
  /// The values of metrics that validation has computed in this epoch, with the prefix
  /// `validation_`.
  public internal(set) var validationValues: [String: Tensor] = [:]
  /// How often each event has happened.
  public internal(set) var occurrences: [LoopEvent: Int] = [:]

  /// The tensors that steps change.
  var step: StepState
  /// What the accumulated tensors of `step` mean.
  let metricDefinitions: [Metric]

  init(step: StepState, metrics: [Metric], epochCount: Int, batchCount: Int) {
    self.step = step
    metricDefinitions = metrics
    self.epochCount = epochCount
    self.batchCount = batchCount
  }

  /// Parameters and layer state of the model.
  public var modelState: ModelState {
    get {
      ModelState(
        parameters: step.parameters, layerState: step.layerState, frozen: step.frozen)
    }
    set {
      step.parameters = newValue.parameters
      step.layerState = newValue.layerState
      step.frozen = newValue.frozen
    }
  }

  /// The optimizer's state.
  public var optimizerState: Parameters {
    get { step.optimizerState }
    set { step.optimizerState = newValue }
  }

  /// The values of all metrics in this epoch so far, exact over the examples seen, and those of
  /// validation: scalars, and what else metrics give, such as a confusion matrix.
  public var metricValues: [String: Tensor] {
    var values = validationValues
    for metric in metricDefinitions {
      values[metric.name] = metric.finalize(step.metrics.state(of: metric))
    }
    return values
  }

  /// The values of all metrics that are scalars in this epoch so far, exact over the examples seen,
  /// and those of validation.
  ///
  /// ``metricValues`` has the others too.
  public var metrics: [String: Double] { scalars(metricValues) }

  /// The values of metrics that validation has computed in this epoch, as far as they are scalars.
  public var validationMetrics: [String: Double] { scalars(validationValues) }

  private func scalars(_ values: [String: Tensor]) -> [String: Double] {
    values.compactMapValues {
      if !$0.isConcrete { return .nan }
      return $0.rank == 0 ? $0.scalar(as: Double.self) : nil
    }
  }

  /// The metrics' names in the order in which they were asked for, those of validation last.
  public var metricNames: [String] {
    let names = metricDefinitions.map(\.name)
    return names + names.map { "validation_\($0)" }.filter { validationValues[$0] != nil }
  }
}
