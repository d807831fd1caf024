/// Models of what a recurrent layer carries from step to step: where it starts, and where it ends.
///
///     let (_, state) = source.recurrentWithState(.lstm(64))
///     let words = target.lstm(64, from: state)
public struct RecurrentState: Sendable {
  /// The output of the last step, `[batch, units]`.
  public var hidden: Model
  /// The memory of LSTMs; where a start has none, it is zeros.
  public var cell: Model?

  /// Creates a state.
  public init(hidden: Model, cell: Model? = nil) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The models in the order in which a layer takes and gives them.
  var models: [Model] { [hidden] + (cell.map { [$0] } ?? []) }

  /// The state of which a layer gives one output after another, from a position on.
  init(outputsOf layer: Model, from position: Int, count: Int) {
    hidden = layer.output(position)
    cell = count > 1 ? layer.output(position + 1) : nil
  }
}

/// The states of both directions of a bidirectional layer.
public struct BidirectionalState: Sendable {
  /// The state of the direction that reads from the first step to the last.
  public var forward: RecurrentState
  /// The state of the direction that reads from the last step to the first.
  public var backward: RecurrentState

  /// Creates a state.
  public init(forward: RecurrentState, backward: RecurrentState) {
    self.forward = forward
    self.backward = backward
  }
}
