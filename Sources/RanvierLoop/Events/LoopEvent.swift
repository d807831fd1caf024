/// A moment of a loop at which handlers run.
public enum LoopEvent: Sendable, Hashable, CaseIterable {
  /// Once, before the first epoch.
  case started
  /// Before the first batch of each epoch.
  case epochStarted
  /// Before each batch.
  case iterationStarted
  /// After each batch.
  case iterationCompleted
  /// After the last batch of an epoch that no handler ended early, validation included.
  case epochCompleted
  /// After an epoch that a handler ended early.
  case epochHalted
  /// Once, after a loop that a handler ended early.
  case halted
  /// Once, after a loop that did all its epochs.
  case completed
}

/// What a handler answers: how the loop goes on.
public enum LoopAction: Sendable, Hashable {
  /// Go on.
  case proceed
  /// End this epoch and begin the next; the same as `proceed` where no epoch is going on.
  case haltEpoch
  /// End this epoch and the loop; what has been measured is kept.
  case haltLoop
}

/// Code that runs at an event; it may read and change the loop's state.
public typealias LoopHandler = @Sendable (inout LoopState) throws -> LoopAction
