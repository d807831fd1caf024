public import RanvierTensors

/// Everything that is wrong with a model.
public struct BuildError: Error, Sendable, CustomStringConvertible {
  /// One mistake.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The layer's path: `encoder/dense_0`.
    public var path: String
    /// The layer's operation: `dense`.
    public var operation: String
    /// Where the layer was written.
    public var location: CodeLocation
    /// Where the shared blocks around the layer were applied, outermost first; usually there are
    /// none.
    public var appliedAt: [CodeLocation] = []
    /// What the layer needs.
    public var rule: String
    /// What it got instead.
    public var got: String
    /// What might help, or nothing.
    public var hint: String

    public var description: String {
      let places = appliedAt.map { ", applied at \($0)" }.joined()
      let text = "\(path) (\(operation), \(location)\(places)): needs \(rule), got \(got)"
      return hint.isEmpty ? text : "\(text); \(hint)"
    }
  }

  /// The mistakes, in the order of the layers.
  public var problems: [Problem]

  public var description: String {
    let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
    return (["the model has \(count):"] + problems.map { "  \($0)" }).joined(separator: "\n")
  }
}

/// Why a built model refuses an input or a state.
public struct ModelError: Error, Sendable, CustomStringConvertible {
  /// The input, parameter or layer in question.
  public var path: String
  /// What the model needs.
  public var rule: String
  /// What it got instead.
  public var got: String
  /// What might help, or nothing.
  public var hint: String

  /// Creates an error.
  public init(path: String, rule: String, got: String, hint: String = "") {
    self.path = path
    self.rule = rule
    self.got = got
    self.hint = hint
  }

  public var description: String {
    let text = "\(path): needs \(rule), got \(got)"
    return hint.isEmpty ? text : "\(text); \(hint)"
  }
}
