/// A dense n-dimensional array of numbers.
///
/// A tensor is a value: it is never changed behind your back, copies share memory until one of them
/// is written to, and it can be handed between threads. Elements are stored row by row (the last
/// axis varies fastest).
///
/// The same type stands for values that are not known yet: inside a function that is being compiled
/// or differentiated, tensors record what is done with them. Functions of tensors are therefore
/// written once and run eagerly, differentiated or compiled.
///
/// A wrong operation gives an invalid tensor that carries an ``OperationError``; see
/// ``validated()``.
public struct Tensor: Sendable {
  package enum Content: Sendable {
    case concrete(Storage)
    case traced(TracedValue)
    case invalid(OperationError)
  }

  package private(set) var content: Content

  /// The element type and shape.
  public let type: TensorType

  package init(_ type: TensorType, _ content: Content) {
    self.type = type
    self.content = content
  }

  /// A tensor over memory that has been filled already.
  package init(_ type: TensorType, storage: Storage) {
    self.init(type, .concrete(storage))
  }

  /// A tensor that carries an error.
  package init(invalid error: OperationError) {
    self.init(TensorType(.float32, []), .invalid(error))
  }

  /// The sizes of the axes.
  public var shape: Shape { type.shape }

  /// The number of axes.
  public var rank: Int { type.shape.rank }

  /// The number of elements.
  public var count: Int { type.shape.count }

  /// The type of the elements.
  public var elementType: ElementType { type.elementType }

  /// The error this tensor carries if a wrong operation made it.
  public var error: OperationError? {
    if case .invalid(let error) = content { error } else { nil }
  }

  /// Whether the elements are known: the tensor is neither recorded by a compilation nor invalid.
  public var isConcrete: Bool { concreteStorage != nil }

  /// This tensor, if no wrong operation made it.
  ///
  /// - Throws: The ``OperationError`` of the first wrong operation this tensor depends on.
  public func validated() throws(OperationError) -> Tensor {
    if let error { throw error }
    return self
  }

  /// The memory that holds the elements, if they are known.
  package var concreteStorage: Storage? {
    switch content {
    case .concrete(let storage): storage
    case .traced(let value): value.storage
    case .invalid: nil
    }
  }

  /// The memory that holds the elements, or a trap that says why there is none.
  package func requiredStorage(_ purpose: String) -> Storage {
    switch content {
    case .concrete(let storage): return storage
    case .traced(let value):
      if let storage = value.storage { return storage }
      fatalError(
        """
        \(purpose) needs the elements of a \(type) tensor, which are not known while a function is being \
        compiled; return the tensor from the compiled function, or use `select` instead of `if`
        """)
    case .invalid(let error): fatalError("\(purpose) of an invalid tensor: \(error)")
    }
  }

  private static let beingWritten = Content.invalid(
    OperationError(operation: "writing", rule: "exclusive access", got: "reentrant use"))

  /// Replaces the memory; the caller vouches that it holds elements of the same type.
  package mutating func withUniqueStorage<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
    var storage = requiredStorage("writing")
    // Drops this tensor's own reference, so that a sole owner is seen as one.
    content = Tensor.beingWritten
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    defer { content = .concrete(storage) }
    return body(storage.address)
  }
}
