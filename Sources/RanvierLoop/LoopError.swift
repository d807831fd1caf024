/// Why a loop cannot begin or go on.
public struct LoopError: Error, Sendable, CustomStringConvertible {
  /// What was wrong, in words.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }

  static func emptyData(_ purpose: String) -> LoopError {
    LoopError(
      "\(purpose) needs at least one batch, got none; is the data set empty, or smaller than a batch whose rest is dropped?"
    )
  }

  static func nonFiniteLoss(_ loss: Double, _ state: LoopState, _ culprit: String) -> LoopError {
    LoopError(
      "the loss is \(loss) after batch \(state.iteration) of epoch \(state.epoch); \(culprit); try a smaller learning rate, or clip gradients"
    )
  }
}
