/// Why an operation on tensors is not possible.
///
/// Operators cannot throw, so a wrong operation gives an invalid tensor that carries this error;
/// everything computed from it is invalid for the same reason. ``Tensor/validated()``, compiled
/// functions and models throw it.
///
/// Errors are equal if they say the same, wherever they were made.
public struct OperationError: Error, Sendable {
  /// The operation, as users spell it: `matmul`, `+`, `reshaped(to:)`.
  public var operation: String
  /// What the operation needs.
  public var rule: String
  /// What it got instead: shapes, types, values.
  public var got: String
  /// What might help, or nothing.
  public var hint: String
  /// The calls that led here.
  private var origin: CallOrigin?
  /// The location that was given instead of being found.
  private var given: CodeLocation?

  /// Where the operation was written: the line of your program that called it.
  ///
  /// It is found from the calls that led to the error when it is first asked for, by the program's
  /// debug information, which `swift build` adds in debug and release. Without that it is `nil`.
  /// Optimized functions that end with a call may leave no trace; then the line is their caller's.
  public var location: CodeLocation? {
    get { given ?? origin?.location }
    set { (given, origin) = (newValue, nil) }
  }

  /// Creates an error.
  ///
  /// - Parameter location: Where the operation was written; by default it is found from the calls.
  public init(
    operation: String, rule: String, got: String, hint: String = "", location: CodeLocation? = nil
  ) {
    self.operation = operation
    self.rule = rule
    self.got = got
    self.hint = hint
    given = location
    origin = location == nil ? CallOrigin.current() : nil
  }
}

extension OperationError: Hashable {
  public static func == (first: OperationError, second: OperationError) -> Bool {
    first.operation == second.operation && first.rule == second.rule && first.got == second.got
      && first.hint == second.hint
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(operation)
    hasher.combine(rule)
    hasher.combine(got)
    hasher.combine(hint)
  }
}

extension OperationError: CustomStringConvertible {
  public var description: String { location.map { "\(message) (\($0))" } ?? message }

  /// What is wrong, without where.
  public var message: String {
    let text = "\(operation) needs \(rule), got \(got)"
    return hint.isEmpty ? text : "\(text); \(hint)"
  }
}

/// A place in source code.
public struct CodeLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file as `Folder/File.swift`.
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
