/// Why an operation on tensors is not possible.
///
/// Operators cannot throw, so a wrong operation gives an invalid tensor that carries this error;
/// everything computed from it is invalid for the same reason. ``Tensor/validated()``, compiled
/// functions and models throw it.
public struct OperationError: Error, Sendable, Hashable {
  /// The operation, as users spell it: `matmul`, `+`, `reshaped(to:)`.
  public var operation: String
  /// What the operation needs.
  public var rule: String
  /// What it got instead: shapes, types, values.
  public var got: String
  /// What might help, or nothing.
  public var hint: String
  /// Where the operation was written, as far as it is known.
  public var location: CodeLocation?

  /// Creates an error.
  public init(
    operation: String, rule: String, got: String, hint: String = "", location: CodeLocation? = nil
  ) {
    self.operation = operation
    self.rule = rule
    self.got = got
    self.hint = hint
    self.location = location
  }
}

extension OperationError: CustomStringConvertible {
  public var description: String {
    var text = "\(operation) needs \(rule), got \(got)"
    if !hint.isEmpty { text += "; \(hint)" }
    if let location { text += " (\(location))" }
    return text
  }
}

/// A place in source code.
public struct CodeLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file as `Module/File.swift`.
  public var file: String
  /// The line, from 1.
  public var line: Int

  /// Creates a location.
  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  public var description: String { "\(file):\(line)" }
}
