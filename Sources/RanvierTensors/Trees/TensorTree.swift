/// A value made of tensors: parameters, gradients, optimizer state, or a struct of your own.
///
/// Compilation, derivatives and optimizers work on any tree. A struct takes part by rebuilding
/// itself from its parts:
///
///     struct Line: TensorTree {
///       var slope: Tensor
///       var offset: Tensor
///       func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Line {
///         Line(slope: try slope.mapTensors(transform), offset: try offset.mapTensors(transform))
///       }
///     }
public protocol TensorTree: Sendable {
  /// The same structure with each tensor replaced by its image, visited in a fixed order.
  func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Self

  /// Calls a closure with each tensor, in the order in which `mapTensors` visits them.
  ///
  /// The default goes through `mapTensors`; a type of its own only saves time.
  func forEachTensor(_ body: (Tensor) throws -> Void) rethrows

  /// Changes each tensor where it is, in the order in which `mapTensors` visits them.
  ///
  /// The default goes through `mapTensors`; a type of its own saves a compiled update from building
  /// new lists of tensors at each call.
  mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows

  /// Appends what distinguishes this tree from others of its type besides its tensors' types:
  /// names, counts, options.
  ///
  /// Compiled functions are prepared anew when it differs. The default appends nothing, which is
  /// right for structs of tensors.
  func appendStructure(to structure: inout [TreeStructure])
}

extension TensorTree {
  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    _ = try mapTensors {
      try body($0)
      return $0
    }
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    self = try mapTensors {
      var tensor = $0
      try update(&tensor)
      return tensor
    }
  }

  public func appendStructure(to structure: inout [TreeStructure]) {}

  /// The tensors of the tree, in the order in which `mapTensors` visits them.
  public var tensors: [Tensor] {
    var tensors: [Tensor] = []
    forEachTensor { tensors.append($0) }
    return tensors
  }

  /// The same structure with other tensors, as many as it has.
  public func replacingTensors(with tensors: [Tensor]) -> Self {
    var iterator = tensors.makeIterator()
    let result = mapTensors { _ in
      guard let next = iterator.next() else {
        fatalError(
          "replacingTensors(with:) needs as many tensors as the tree has, got \(tensors.count)")
      }
      return next
    }
    guard iterator.next() == nil else {
      fatalError(
        "replacingTensors(with:) needs as many tensors as the tree has, got \(tensors.count)")
    }
    return result
  }
}

extension Tensor: TensorTree {
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Tensor {
    try transform(self)
  }

  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows { try body(self) }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try update(&self)
  }
}

extension Array: TensorTree where Element: TensorTree {
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> [Element] {
    try map { try $0.mapTensors(transform) }
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    for index in indices { try self[index].updateTensors(update) }
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    structure.append(.count(count))
    for element in self { element.appendStructure(to: &structure) }
  }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Wrapped? {
    try map { try $0.mapTensors(transform) }
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try self?.updateTensors(update)
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    structure.append(.count(map { _ in 1 } ?? 0))
    self?.appendStructure(to: &structure)
  }
}

/// Dictionaries are visited in the order of their keys.
extension Dictionary: TensorTree where Key == String, Value: TensorTree {
  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> [String: Value] {
    var result = self
    for (key, value) in sorted(by: { $0.key < $1.key }) {
      result[key] = try value.mapTensors(transform)
    }
    return result
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    structure.append(.count(count))
    for (key, value) in sorted(by: { $0.key < $1.key }) {
      structure.append(.text(key))
      value.appendStructure(to: &structure)
    }
  }
}

/// Two trees side by side, since tuples cannot conform to protocols.
public struct TreePair<First: TensorTree, Second: TensorTree>: TensorTree {
  /// The first tree.
  public var first: First
  /// The second tree.
  public var second: Second

  /// Joins two trees.
  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Self {
    TreePair(try first.mapTensors(transform), try second.mapTensors(transform))
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try first.updateTensors(update)
    try second.updateTensors(update)
  }

  public func appendStructure(to structure: inout [TreeStructure]) {
    first.appendStructure(to: &structure)
    second.appendStructure(to: &structure)
  }
}
