public import RanvierTensors

/// Some rows of a data set: what a model reads, what it should say, and how much each row counts.
///
/// The first axis of every tensor is the row, and all have the same number of rows.
public struct Batch: TensorTree, Equatable {
  /// What the model reads, under the names of its inputs.
  ///
  /// Data with a single unnamed input has it under ``unnamedInput``; a model with exactly one input
  /// takes a single tensor whatever its name.
  public var inputs: Parameters
  /// What the model should say.
  public var targets: Tensor
  /// How much each row counts, `[rows]`; all the same without weights.
  public var weights: Tensor?

  /// The name of an input that was given none.
  public static let unnamedInput = "input"

  /// Creates a batch of named inputs.
  public init(inputs: Parameters, targets: Tensor, weights: Tensor? = nil) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
  }

  /// Creates a batch of a single input.
  public init(inputs: Tensor, targets: Tensor, weights: Tensor? = nil) {
    self.init(inputs: [Batch.unnamedInput: inputs], targets: targets, weights: weights)
  }

  /// The number of rows.
  public var count: Int { targets.rank == 0 ? 0 : targets.shape[0] }

  /// The only input, whatever its name; invalid if there is not exactly one.
  public var input: Tensor {
    if inputs.count == 1, let path = inputs.paths.first { return inputs[path] }
    return Tensor(
      invalid: OperationError(
        operation: "batch.input", rule: "exactly one input", got: "\(inputs.paths)",
        hint: "use batch.inputs[name]"))
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Batch {
    Batch(
      inputs: try inputs.mapTensors(transform), targets: try transform(targets),
      weights: try weights.map(transform))
  }

  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    try inputs.forEachTensor(body)
    try body(targets)
    if let weights { try body(weights) }
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    inputs.appendStructure(to: &structure)
    weights.appendStructure(to: &structure)
  }
}
