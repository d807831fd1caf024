public import RanvierData
public import RanvierFunctions
public import RanvierModels
public import RanvierOptimizers
internal import RanvierTensors

/// Passes over data as a value: what happens to each batch, what is measured, and which handlers
/// run when.
///
///     let result = try Loop.trainer(model, loss: .categoricalCrossEntropy, optimizer: .adam())
///       .metric(.accuracy)
///       .validate(on: validation)
///       .on(.iterationCompleted, .every(50)) { state in
///         print(state.metrics)
///         return .proceed
///       }
///       .run(over: training, epochs: 10)
///
/// Every modifier returns a new loop. Handlers of an event run in the order in which they were
/// attached; the first that does not answer `.proceed` keeps the later ones from running.
public struct Loop: Sendable {
  enum Work: Sendable {
    case training(loss: Loss, optimizer: Optimizer)
    case evaluation
  }

  struct Handler: Sendable {
    var event: LoopEvent
    var filter: EventFilter
    var body: LoopHandler
  }

  let model: Model
  let work: Work
  let precision: Precision
  private(set) var metrics: [Metric] = []
  private(set) var handlers: [Handler] = []
  private(set) var validation: Validation?
  private(set) var progress = ProgressStyle.automatic
  private(set) var progressOutput = ProgressOutput.standard

  /// Data on which the model is evaluated during training.
  struct Validation: Sendable {
    var source: any BatchSource
    var every: Int
  }

  /// A loop that trains a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - loss: What is made small; its mean over the examples of an epoch is the metric `loss`.
  ///   - optimizer: How parameters follow their gradients.
  ///   - precision: The types of numbers in which the model computes, also in validation;
  ///     parameters have the same types in every precision.
  /// - Returns: A loop to which metrics and handlers can be attached.
  public static func trainer(
    _ model: Model, loss: Loss, optimizer: Optimizer, precision: Precision = .full
  ) -> Loop {
    var loop = Loop(
      model: model, work: .training(loss: loss, optimizer: optimizer), precision: precision)
    loop.metrics = [.meanLoss(loss)]
    return loop
  }

  /// A loop that measures a model without changing it.
  public static func evaluator(_ model: Model, precision: Precision = .full) -> Loop {
    Loop(model: model, work: .evaluation, precision: precision)
  }

  private init(model: Model, work: Work, precision: Precision) {
    self.model = model
    self.work = work
    self.precision = precision
  }

  /// Measures something else: exact over each epoch, in training and in validation.
  ///
  /// A metric of a name that is there already replaces it. Values that are not scalars are found in
  /// ``LoopState/metricValues`` alone.
  public func metric(_ metric: Metric) -> Loop {
    var loop = self
    loop.metrics.removeAll { $0.name == metric.name }
    loop.metrics.append(metric)
    return loop
  }

  /// Evaluates the model on other data at the end of every n-th epoch, and of the last; metrics get
  /// the prefix `validation_`.
  public func validate(on source: any BatchSource, every epochs: Int = 1) -> Loop {
    var loop = self
    loop.validation = Validation(source: source, every: Swift.max(1, epochs))
    return loop
  }

  /// Runs code at every occurrence of an event.
  public func on(_ event: LoopEvent, _ handler: @escaping LoopHandler) -> Loop {
    on(event, .always, handler)
  }

  /// Runs code at an event, for the occurrences that a filter accepts.
  public func on(
    _ event: LoopEvent, _ filter: EventFilter, _ handler: @escaping LoopHandler
  ) -> Loop {
    var loop = self
    loop.handlers.append(Handler(event: event, filter: filter, body: handler))
    return loop
  }

  /// Runs code at every n-th occurrence of an event.
  public func on(
    _ event: LoopEvent, every count: Int, _ handler: @escaping LoopHandler
  ) -> Loop {
    on(event, .every(count), handler)
  }

  /// Chooses how progress is shown.
  public func progress(_ style: ProgressStyle) -> Loop {
    var loop = self
    loop.progress = style
    return loop
  }

  /// Shows progress elsewhere than on the standard output.
  package func progress(_ style: ProgressStyle, to output: ProgressOutput) -> Loop {
    var loop = progress(style)
    loop.progressOutput = output
    return loop
  }

  /// Runs the loop.
  ///
  /// - Parameters:
  ///   - source: The batches of each epoch.
  ///   - epochs: How often to go over them; 0 only makes the initial state.
  ///   - state: The model's state to begin with; by default it is drawn from the seed.
  ///   - seed: The source of everything random: first parameters, dropout. The same seed gives the
  ///     same result.
  /// - Returns: The state at the end.
  /// - Throws: `BuildError` for a model that is wrong, ``LoopError`` for empty data or a loss that
  ///   is not finite, and what handlers throw.
  public func run(
    over source: any BatchSource, epochs: Int = 1, from state: ModelState? = nil, seed: UInt64 = 0
  ) throws -> LoopState {
    try LoopRun(self).run(over: source, epochs: epochs, from: state, seed: seed)
  }
}
