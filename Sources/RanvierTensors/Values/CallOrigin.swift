internal import Glibc
internal import Runtime
internal import Synchronization

/// The calls that led to an error; says which line of a user's program it came from.
///
/// Operators cannot take `#line` as an argument, so the line is found from the call stack. Noting
/// the return addresses takes a few microseconds and happens when an error is made. They are looked
/// up in the program's debug information only when somebody asks for the location.
package final class CallOrigin: Sendable {
  private let backtrace: Backtrace
  /// What the look-up gave, once there was one.
  private let found = Mutex<CodeLocation??>(nil)

  private init(_ backtrace: Backtrace) { self.backtrace = backtrace }

  /// The origin of the current call; `nil` if locations are turned off.
  package static func current() -> CallOrigin? {
    guard isEnabled,
      // The innermost calls; the default would leave out some in the middle.
      let backtrace = try? Backtrace.capture(limit: depth, top: 0, images: images)
    else { return nil }
    return CallOrigin(backtrace)
  }

  /// The innermost line outside of Ranvier's own sources; `nil` without debug information.
  package var location: CodeLocation? {
    found.withLock { found in
      if let found { return found }
      // Libraries that were loaded later are not in the shared list.
      let location = lookUp(CallOrigin.images) ?? lookUp(ImageMap.capture())
      found = .some(location)
      return location
    }
  }

  private func lookUp(_ images: ImageMap) -> CodeLocation? {
    let options: Backtrace.SymbolicationOptions = [
      .showInlineFrames, .showSourceLocations, .useSymbolCache,
    ]
    guard let symbols = backtrace.symbolicated(with: images, options: options) else { return nil }
    for frame in symbols.frames {
      guard let place = frame.symbol?.sourceLocation, CallOrigin.isUsers(place.path, place.line)
      else { continue }
      let file = place.path.split(separator: "/").suffix(2).joined(separator: "/")
      return CodeLocation(file: file, line: place.line)
    }
    return nil
  }

  /// How many calls are noted: a layer of a model is about thirty below `predict` in a debug build.
  private static let depth = 64

  /// Listing the loaded libraries takes a thousand times longer than walking the stack.
  private static let images = ImageMap.capture()

  private static let isEnabled = getenv("RANVIER_ERROR_LOCATIONS").map { $0[0] != 48 } ?? true

  /// The folder of Ranvier's sources, with a slash at the end.
  private static let sources: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/"
  }()

  /// Whether a line belongs to a program that uses Ranvier: not to Ranvier, not to the standard
  /// library, whose generic functions are compiled into the programs that call them, and not to
  /// code that compilers write.
  package static func isUsers(_ path: String, _ line: Int) -> Bool {
    line > 0 && !path.hasPrefix(sources) && !path.contains("<compiler-generated>")
      && !path.contains("@__swiftmacro_") && !path.contains("/swift/stdlib/")
      && path.hasSuffix(".swift")
  }
}
