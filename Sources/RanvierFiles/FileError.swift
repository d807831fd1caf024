/// Why a file could not be read or written.
public struct FileError: Error, Sendable, CustomStringConvertible {
  /// The path, as it was given.
  public var path: String
  /// What was wrong, in words.
  public var reason: String

  /// Creates an error.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}
