internal import Foundation
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

  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    try parameters.forEachTensor(body)
    try layerState.forEachTensor(body)
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try parameters.updateTensors(update)
    try layerState.updateTensors(update)
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    parameters.appendStructure(to: &structure)
    layerState.appendStructure(to: &structure)
    structure += frozen.sorted().map { .text($0) }
  }

  /// The parameters that training changes.
  public var trainableParameters: Parameters { parameters.filter { !frozen.contains($0) } }

  /// Freezes the parameters whose paths satisfy a condition, in addition to those that are frozen
  /// already.
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
  private static let orderKey = "ranvier.order"

  /// Writes a safetensors file; an earlier file of that name stays whole if anything fails.
  ///
  /// Tensors have their paths as names. Their order, which of them are layer state, and which
  /// frozen, is written as metadata.
  ///
  /// - Throws: ``ModelError`` if a parameter and a piece of layer state have one path, and errors
  ///   of the file system.
  public func save(to path: String) throws {
    if let double = layerState.paths.first(where: { parameters.contains($0) }) {
      throw ModelError(
        path: double, rule: "a path of its own for every tensor of a saved state",
        got: "both a parameter and layer state")
    }
    var tensors = parameters
    tensors.merge(layerState)
    var metadata = ["format": "ranvier"]
    func list(_ paths: [String]) throws -> String {
      String(decoding: try JSONEncoder().encode(paths), as: UTF8.self)
    }
    metadata[ModelState.orderKey] = try list(parameters.paths)
    if !layerState.isEmpty { metadata[ModelState.stateKey] = try list(layerState.paths) }
    if !frozen.isEmpty { metadata[ModelState.frozenKey] = try list(frozen.sorted()) }
    try SafeTensors(tensors: tensors, metadata: metadata).write(to: path)
  }

  /// Reads a safetensors file; without our metadata all its tensors are parameters.
  public init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    func list(_ key: String) throws -> [String] {
      guard let text = file.metadata[key] else { return [] }
      do {
        return try JSONDecoder().decode([String].self, from: Data(text.utf8))
      } catch {
        throw ModelError(
          path: path, rule: "a list of paths as the metadata `\(key)`",
          got: "\"\(text.prefix(80))\"")
      }
    }
    let statePaths = try list(ModelState.stateKey)
    let order = try list(ModelState.orderKey)
    let known = Set(order + statePaths)
    var parameters = Parameters()
    for name in order + file.tensors.paths.filter({ !known.contains($0) })
    where file.tensors.contains(name) {
      parameters[name] = file.tensors[name]
    }
    var layerState = Parameters()
    for name in statePaths where file.tensors.contains(name) {
      layerState[name] = file.tensors[name]
    }
    self.init(
      parameters: parameters, layerState: layerState, frozen: Set(try list(ModelState.frozenKey)))
  }
}

extension ModelState: CustomStringConvertible {
  /// The numbers of tensors, elements and bytes.
  public var description: String {
    """
    \(parameters.count) parameter tensors (\(parameters.elementCount) numbers, \
    \(parameters.byteCount) bytes), \(layerState.count) state tensors, \(frozen.count) frozen
    """
  }
}
