internal import Foundation
internal import Runtime
internal import Synchronization

/// The calls that led to an error; says which line of a user's program it came from.
///
/// Operators cannot take `#line` as an argument, so the line is found from the call stack. Noting
/// the return addresses takes some microseconds and happens when an error is made. They are looked
/// up in the program's debug information only when somebody asks for the location.
package final class CallOrigin: Sendable {
  let calls: Backtrace
  /// What the look-up gave, once there was one.
  private let found = Mutex<CodeLocation??>(nil)

  private init(_ calls: Backtrace) { self.calls = calls }

  /// The origin of the current call; `nil` if locations are turned off.
  package static func current() -> CallOrigin? {
    guard isEnabled,
      // The innermost calls; the default would leave out some in the middle.
      let calls = try? Backtrace.capture(limit: depth, top: 0, images: CallLookup.images)
    else { return nil }
    return CallOrigin(calls)
  }

  /// The innermost line outside of Ranvier's own sources; `nil` without debug information.
  package var location: CodeLocation? {
    found.withLock { found in
      if let found { return found }
      let location = CallLookup.shared.location(of: self)
      found = .some(location)
      return location
    }
  }

  /// How many calls are noted: a layer of a model is about thirty below `predict` in a debug build.
  private static let depth = 64

  private static let isEnabled =
    ProcessInfo.processInfo.environment["RANVIER_ERROR_LOCATIONS"] != "0"
}
