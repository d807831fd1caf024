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
    /// The values of all metrics by name, validation's with the prefix `validation_`.
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
  /// The values of metrics that validation has computed in this epoch.
  public internal(set) var validationMetrics: [String: Double] = [:]
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
  /// validation.
  public var metrics: [String: Double] {
    var values = validationMetrics
    for metric in metricDefinitions {
      let value = metric.finalize(step.metrics.scope(metric.name))
      values[metric.name] = value.isConcrete ? value.scalar(as: Double.self) : .nan
    }
    return values
  }

  /// The metrics' names in the order in which they were asked for, those of validation last.
  public var metricNames: [String] {
    let names = metricDefinitions.map(\.name)
    return names + names.map { "validation_\($0)" }.filter { validationMetrics[$0] != nil }
  }
}
