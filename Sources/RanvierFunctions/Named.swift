internal import RanvierTensors

/// A function that is saved with a model as its name and options.
protocol Named {
  static var catalog: [Self] { get }
  var name: String { get }
  var options: [String: Double] { get }
}

extension Named {
  /// The value of the catalog with a name, once the options are known to be its own.
  static func find(
    _ name: String, options: [String: Double]
  ) throws(OperationError) -> Self {
    guard let known = catalog.first(where: { $0.name == name }) else {
      throw OperationError(
        operation: "\(Self.self)(named:)", rule: "a name of the catalog", got: "`\(name)`",
        hint: "known are " + catalog.map(\.name).joined(separator: ", "))
    }
    if let wrong = options.keys.sorted().first(where: { known.options[$0] == nil }) {
      let own = known.options.keys.sorted().joined(separator: ", ")
      throw OperationError(
        operation: "\(Self.self)(named: \"\(name)\")", rule: "options that it has",
        got: "`\(wrong)`", hint: own.isEmpty ? "it has none" : "it has \(own)")
    }
    return known
  }

  /// The name, with options in parentheses.
  var nameWithOptions: String {
    if options.isEmpty { return name }
    let list = options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "\(name)(\(list.joined(separator: ", ")))"
  }
}
