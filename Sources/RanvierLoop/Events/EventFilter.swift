/// Which occurrences of an event a handler wants; occurrences of each event are counted from 1 over
/// the whole loop.
public struct EventFilter: Sendable {
  private let accepts: @Sendable (_ occurrence: Int, _ state: LoopState) -> Bool

  /// Creates a filter from a condition on the number of the occurrence and the loop's state.
  public init(_ accepts: @escaping @Sendable (_ occurrence: Int, _ state: LoopState) -> Bool) {
    self.accepts = accepts
  }

  func callAsFunction(_ occurrence: Int, _ state: LoopState) -> Bool { accepts(occurrence, state) }

  /// Every occurrence.
  public static let always = EventFilter { _, _ in true }

  /// The first occurrence.
  public static let first = EventFilter.once(1)

  /// Every n-th occurrence: n, 2 n, 3 n ...
  public static func every(_ count: Int) -> EventFilter {
    EventFilter { occurrence, _ in count > 0 && occurrence % count == 0 }
  }

  /// The n-th occurrence only.
  public static func once(_ count: Int) -> EventFilter {
    EventFilter { occurrence, _ in occurrence == count }
  }

  /// The occurrences after the n-th.
  public static func after(_ count: Int) -> EventFilter {
    EventFilter { occurrence, _ in occurrence > count }
  }

  /// The occurrences before the n-th.
  public static func before(_ count: Int) -> EventFilter {
    EventFilter { occurrence, _ in occurrence < count }
  }

  /// The occurrences that both filters accept.
  public func and(_ other: EventFilter) -> EventFilter {
    EventFilter { accepts($0, $1) && other.accepts($0, $1) }
  }
}
