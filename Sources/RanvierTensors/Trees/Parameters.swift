/// Named tensors in the order in which they were added: parameters, layer state, gradients,
/// optimizer state.
///
/// Names are paths such as `encoder/dense_0/kernel`; ``scope(_:)`` gives the part below one.
public struct Parameters: Sendable {
  private var layout = TreeStructure.Names()
  private var storage: [Tensor] = []

  /// Creates an empty map.
  public init() {}

  /// The paths, in order.
  public var paths: [String] { layout.names }

  /// The number of tensors.
  public var count: Int { storage.count }

  /// Whether there are no tensors.
  public var isEmpty: Bool { storage.isEmpty }

  /// The number of elements in all tensors together.
  public var elementCount: Int { storage.reduce(0) { $0 + $1.count } }

  /// The number of bytes of all tensors together.
  public var byteCount: Int { storage.reduce(0) { $0 + $1.type.byteCount } }

  /// The tensor at a path.
  ///
  /// Reading a path that is not there gives an invalid tensor whose error lists similar paths.
  public subscript(path: String) -> Tensor {
    get {
      if let index = layout.index(of: path) { return storage[index] }
      let known = paths(similarTo: path, limit: 8).map { "`\($0)`" }.joined(separator: ", ")
      let more = paths.count > 8 ? " and \(paths.count - 8) more" : ""
      return Tensor(
        invalid: OperationError(
          operation: "parameters[\"\(path)\"]", rule: "a path that is there",
          got: paths.isEmpty ? "an empty map" : "a map of \(known)\(more)"))
    }
    set {
      if let index = layout.index(of: path) {
        storage[index] = newValue
      } else {
        layout.append(path)
        storage.append(newValue)
      }
    }
  }

  /// The paths that share the longest beginnings and ends with a path that is not there; all in
  /// order if they are few.
  private func paths(similarTo path: String, limit: Int) -> [String] {
    if paths.count <= limit { return paths }
    let similarities = paths.map {
      zip($0, path).prefix { $0 == $1 }.count
        + zip($0.reversed(), path.reversed()).prefix { $0 == $1 }.count
    }
    let order = paths.indices.sorted { (-similarities[$0], $0) < (-similarities[$1], $1) }
    return order.prefix(limit).map { paths[$0] }
  }

  /// Whether there is a tensor at a path.
  public func contains(_ path: String) -> Bool { layout.index(of: path) != nil }

  /// The tensors whose path begins with a name and a slash, under the rest of their paths.
  public func scope(_ name: String) -> Parameters {
    let prefix = name + "/"
    var result = Parameters()
    for (path, tensor) in self where path.hasPrefix(prefix) {
      result[String(path.dropFirst(prefix.count))] = tensor
    }
    return result
  }

  /// The same tensors with a name and a slash before their paths.
  public func prefixed(by name: String) -> Parameters {
    var result = Parameters()
    for (path, tensor) in self { result["\(name)/\(path)"] = tensor }
    return result
  }

  /// Adds the tensors of another map, replacing those of equal paths.
  public mutating func merge(_ other: Parameters) {
    for (path, tensor) in other { self[path] = tensor }
  }

  /// The tensors whose paths satisfy a condition.
  public func filter(_ isIncluded: (String) throws -> Bool) rethrows -> Parameters {
    var result = Parameters()
    for (path, tensor) in self where try isIncluded(path) { result[path] = tensor }
    return result
  }

  /// The images of all tensors under their paths.
  public func mapValues(_ transform: (Tensor) throws -> Tensor) rethrows -> Parameters {
    var result = self
    result.storage = try storage.map(transform)
    return result
  }

  /// Combines the tensors with those of a map that has the same paths.
  public func combined(
    with other: Parameters, _ transform: (Tensor, Tensor) throws -> Tensor
  ) rethrows -> Parameters {
    var result = self
    let isAligned = layout == other.layout
    for (index, path) in paths.enumerated() {
      let partner = isAligned ? other.storage[index] : other[path]
      result.storage[index] = try transform(storage[index], partner)
    }
    return result
  }
}

extension Parameters: Sequence {
  /// Iterates over paths and tensors in order.
  public func makeIterator() -> Zip2Sequence<[String], [Tensor]>.Iterator {
    zip(paths, storage).makeIterator()
  }
}

extension Parameters: TensorTree {
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Parameters {
    try mapValues(transform)
  }

  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    for tensor in storage { try body(tensor) }
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    for index in storage.indices { try update(&storage[index]) }
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    structure.append(.names(layout))
  }
}

extension Parameters: Equatable {
  /// Whether both maps have the same paths with equal tensors, in any order.
  public static func == (first: Parameters, second: Parameters) -> Bool {
    first.count == second.count
      && first.allSatisfy { second.contains($0) && second[$0] == $1 }
  }
}

extension Parameters: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Tensor)...) {
    for (path, tensor) in elements { self[path] = tensor }
  }
}

extension Parameters: CustomStringConvertible {
  /// One line a tensor: path, type and shape.
  public var description: String {
    map { "\($0): \($1.type)" }.joined(separator: "\n")
  }
}
