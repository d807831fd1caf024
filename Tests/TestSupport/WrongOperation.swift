package import RanvierTensors
import Testing

/// An operation that is not possible, the line it stands on, and the whole text of its error.
package struct WrongOperation: Sendable, CustomTestStringConvertible {
  private let line: Int
  private let filePath: String
  private let text: String
  private let result: @Sendable () -> Tensor

  /// - Parameters:
  ///   - line: `#line`, beside the operation.
  ///   - result: The operation. Not an autoclosure, whose code has no lines.
  ///   - text: What the error says, but for the place.
  package init(
    _ line: Int, _ result: @escaping @Sendable () -> Tensor, _ text: String,
    filePath: String = #filePath
  ) {
    (self.line, self.text, self.filePath, self.result) = (line, text, filePath, result)
  }

  package var testDescription: String { "\(text) (line \(line))" }

  /// Expects that the operation gives an error with the text, and with the line of the row.
  package func expectError() {
    let error = result().error
    let row = SourceLocation(fileID: "Tests/\(file)", filePath: filePath, line: line, column: 1)
    #expect(error?.message == text, sourceLocation: row)
    #expect(error?.description == "\(text) (\(file):\(line))", sourceLocation: row)
  }

  /// The file as a place in an error names it.
  private var file: String { filePath.split(separator: "/").suffix(2).joined(separator: "/") }
}
