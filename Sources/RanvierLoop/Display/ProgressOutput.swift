internal import Foundation
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where progress is written, and what can be shown there.
package struct ProgressOutput: Sendable {
  /// Whether a line can be redrawn.
  package var isTerminal: Bool
  /// The number of columns, if it is known; asked for at each drawing, since windows change.
  package var width: @Sendable () -> Int?
  /// Shows text at once.
  package var write: @Sendable (String) -> Void

  package init(
    isTerminal: Bool, width: @escaping @Sendable () -> Int?,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.width = width
    self.write = write
  }

  /// The process's standard output.
  package static let standard = ProgressOutput(
    isTerminal: isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb",
    width: {
      var size = winsize()
      guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return nil }
      return Int(size.ws_col)
    },
    write: { text in
      // Through the same buffer as the program's own output, so that lines keep their order.
      print(text, terminator: "")
      fflush(nil)
    })
}
