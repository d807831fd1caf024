public import RanvierTensors

/// The keys and values of tokens that have been seen, in memory for a fixed number of them.
///
/// A value like any other: adding tokens gives a new cache. All shapes stay the same, so that a
/// compiled step that carries a cache is compiled once; where nothing else needs the old cache, its
/// memory is written in place.
///
///     var cache = KeyValueCache(batch: [1], capacity: 256, keyFeatures: 64, valueFeatures: 64)
///     (output, cache) = multiHeadAttention(query, key, value, cache: cache, heads: 4)
///
/// - Shapes: keys `[batch..., capacity, key features]`, values `[batch..., capacity, value
///   features]`, length `[]`.
public struct KeyValueCache: TensorTree, Equatable {
  /// The keys, one token after the other; zeros where there is none yet.
  public var keys: Tensor
  /// The values, one token after the other; zeros where there is none yet.
  public var values: Tensor
  /// The number of tokens, an `i32`.
  ///
  /// If it is larger than the capacity, more tokens have been added than there is room for.
  public var length: Tensor

  /// Creates an empty cache.
  ///
  /// - Parameters:
  ///   - batch: The sizes of the axes before the one of tokens.
  ///   - capacity: The number of tokens that there is room for.
  ///   - keyFeatures: The features of a key, of all heads together.
  ///   - valueFeatures: The features of a value, of all heads together.
  ///   - elementType: The type of keys and values.
  public init(
    batch: Shape, capacity: Int, keyFeatures: Int, valueFeatures: Int,
    elementType: ElementType = .float32
  ) {
    keys = Tensor.zeros(
      Shape(batch.sizes + [capacity, keyFeatures]), elementType: elementType)
    values = Tensor.zeros(
      Shape(batch.sizes + [capacity, valueFeatures]), elementType: elementType)
    length = Tensor(0).cast(to: .int32)
  }

  private init(keys: Tensor, values: Tensor, length: Tensor) {
    (self.keys, self.values, self.length) = (keys, values, length)
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> KeyValueCache {
    KeyValueCache(
      keys: try transform(keys), values: try transform(values), length: try transform(length))
  }

  public mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try update(&keys)
    try update(&values)
    try update(&length)
  }

  /// The number of tokens that there is room for.
  public var capacity: Int { keys.rank < 2 ? 0 : keys.shape[-2] }

  /// The cache with the keys and values of further tokens.
  ///
  /// Tokens that there is no room for give an invalid cache where the length is known. In a compiled
  /// function it is not: there the last places are overwritten, and the length, which grows beyond
  /// the capacity, tells.
  ///
  /// - Shapes: keys `[batch..., tokens, key features]`, values `[batch..., tokens, value features]`.
  public func appending(keys newKeys: Tensor, values newValues: Tensor) -> KeyValueCache {
    do throws(OperationError) {
      try check(newKeys, newValues)
      let starts: [any TensorOperand] = Array(repeating: 0, count: keys.rank - 2) + [length, 0]
      return KeyValueCache(
        keys: keys.updated(with: newKeys, at: starts),
        values: values.updated(with: newValues, at: starts),
        length: length + newKeys.shape[-2])
    } catch {
      return mapTensors { _ in Tensor(invalid: error) }
    }
  }

  private func check(_ newKeys: Tensor, _ newValues: Tensor) throws(OperationError) {
    for tensor in [keys, values, length, newKeys, newValues] {
      if let error = tensor.error { throw error }
    }
    let operation = "appending(keys:values:)"
    func fits(_ new: Tensor, _ old: Tensor) -> Bool {
      new.rank == old.rank && new.rank >= 2 && new.elementType.isFloatingPoint
        && new.shape.sizes.dropLast(2) == old.shape.sizes.dropLast(2)
        && new.shape[-1] == old.shape[-1]
    }
    guard fits(newKeys, keys), fits(newValues, values), newKeys.shape[-2] == newValues.shape[-2]
    else {
      throw OperationError(
        operation: operation,
        rule: "keys and values of as many tokens each, with the cache's other sizes",
        got: "keys \(newKeys.type), values \(newValues.type) for a cache of keys \(keys.type), "
          + "values \(values.type)")
    }
    let tokens = newKeys.shape[-2]
    let known = length.isConcrete ? Int(length.scalar(as: Int32.self)) : 0
    guard known + tokens <= capacity else {
      throw OperationError(
        operation: operation, rule: "room for all tokens",
        got: "\(tokens) more tokens for a cache of \(capacity) with \(known)",
        hint: "make a cache of a larger capacity")
    }
  }
}
