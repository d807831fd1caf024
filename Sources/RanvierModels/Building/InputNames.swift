internal import RanvierTensors

/// The names of a model's inputs, for callers that give a single tensor without one.
struct InputNames: Sendable {
  private let names: [String]
  /// The names of a single input, shared by all calls.
  private let single: Parameters

  init(_ model: ResolvedModel) {
    names = model.inputs.map(\.name)
    single = [names.first ?? "": Tensor(0, elementType: .float32)]
  }

  /// A tensor without a name as the only input.
  func naming(_ input: Tensor) throws(ModelError) -> Parameters {
    guard names.count == 1 else {
      let list = names.map { "`\($0)`" }.joined(separator: ", ")
      let example = names.prefix(2).map { "\"\($0)\": ..." }.joined(separator: ", ")
      throw ModelError(
        path: "input", rule: "its \(names.count) inputs by name (\(list))",
        got: "one tensor without a name", hint: "call predict(state, [\(example)])")
    }
    return single.mapTensors { _ in input }
  }
}
