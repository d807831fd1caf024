internal import RanvierFiles
public import RanvierTensors

/// All values of a model: parameters, layer state, and which parameters are frozen.
public struct ModelState: TensorTree, Equatable {
  /// What training changes, by path: `dense_0/kernel`.
  public var parameters: Parameters
  /// What layers keep beside parameters, such as running statistics.
  public var layerState: Parameters
  /// The paths of parameters that training leaves alone.
  public var frozen: Set<String>

  /// Creates a state.
  public init(parameters: Parameters, layerState: Parameters = [:], frozen: Set<String> = []) {
    self.parameters = parameters
    self.layerState = layerState
    self.frozen = frozen
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> ModelState {
    ModelState(
      parameters: try parameters.mapTensors(transform),
      layerState: try layerState.mapTensors(transform), frozen: frozen)
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    parameters.appendStructure(to: &structure)
    layerState.appendStructure(to: &structure)
    structure += frozen.sorted().map { .text($0) }
  }

  /// The parameters that training changes.
  public var trainableParameters: Parameters { parameters.filter { !frozen.contains($0) } }

  /// Freezes the parameters whose paths satisfy a condition, in addition to those that are frozen already.
  public mutating func freeze(where condition: (String) -> Bool = { _ in true }) {
    frozen.formUnion(parameters.paths.filter(condition))
  }

  /// Makes the parameters whose paths satisfy a condition trainable again.
  public mutating func unfreeze(where condition: (String) -> Bool = { _ in true }) {
    frozen = frozen.filter { !condition($0) }
  }
}

// MARK: Files

extension ModelState {
  private static let stateKey = "ranvier.layer_state"
  private static let frozenKey = "ranvier.frozen"

  /// Writes a safetensors file; an earlier file of that name stays whole if anything fails.
  ///
  /// Tensors have their paths as names. Which of them are layer state, and which frozen, is written as metadata.
  public func save(to path: String) throws {
    var tensors = parameters
    tensors.merge(layerState)
    var metadata = ["format": "ranvier"]
    if !layerState.isEmpty { metadata[ModelState.stateKey] = layerState.paths.joined(separator: "\n") }
    if !frozen.isEmpty { metadata[ModelState.frozenKey] = frozen.sorted().joined(separator: "\n") }
    metadata["ranvier.order"] = parameters.paths.joined(separator: "\n")
    try SafeTensors(tensors: tensors, metadata: metadata).write(to: path)
  }

  /// Reads a safetensors file; without our metadata all its tensors are parameters.
  public init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    func list(_ key: String) -> [String] {
      file.metadata[key]?.split(separator: "\n").map(String.init) ?? []
    }
    let statePaths = list(ModelState.stateKey)
    let isState = Set(statePaths)
    let order = list("ranvier.order")
    let known = Set(order)
    var parameters = Parameters()
    for name in order + file.tensors.paths.filter({ !known.contains($0) && !isState.contains($0) })
    where file.tensors.contains(name) {
      parameters[name] = file.tensors[name]
    }
    var layerState = Parameters()
    for name in statePaths where file.tensors.contains(name) { layerState[name] = file.tensors[name] }
    self.init(parameters: parameters, layerState: layerState, frozen: Set(list(ModelState.frozenKey)))
  }
}

extension ModelState: CustomStringConvertible {
  /// The numbers of tensors, elements and bytes.
  public var description: String {
    "\(parameters.count) parameter tensors (\(parameters.elementCount) numbers, \(parameters.byteCount) bytes), "
      + "\(layerState.count) state tensors, \(frozen.count) frozen"
  }
}
