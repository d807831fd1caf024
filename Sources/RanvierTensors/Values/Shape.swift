/// The sizes of a tensor's axes, outermost first; empty for a scalar.
public struct Shape: Sendable, Hashable {
  /// The size of each axis.
  public var sizes: [Int]

  /// Creates a shape from axis sizes.
  public init(_ sizes: [Int]) { self.sizes = sizes }

  /// The number of axes.
  public var rank: Int { sizes.count }

  /// The number of elements: the product of the sizes, 1 for a scalar.
  public var count: Int { sizes.contains(0) ? 0 : sizes.reduce(1, *) }

  /// Why no tensor can have this shape, if so: negative sizes, more axes than the kernels handle,
  /// more elements than memory.
  package var defect: String? {
    if let negative = sizes.first(where: { $0 < 0 }) { return "the size \(negative)" }
    if rank > Shape.largestRank { return "\(rank) axes; the limit is \(Shape.largestRank)" }
    var total = 1
    // An empty tensor's other sizes count too, so that no product of some of them overflows.
    for size in sizes where size > 0 {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      // Elements have up to 8 bytes.
      if overflow || product > Int.max / 16 { return "too many elements" }
      total = product
    }
    return nil
  }

  /// The most axes a tensor can have.
  package static let largestRank = 16

  /// The size of one axis; negative positions count from the last axis.
  public subscript(axis: Int) -> Int {
    get { sizes[axis < 0 ? axis + sizes.count : axis] }
    set { sizes[axis < 0 ? axis + sizes.count : axis] = newValue }
  }

  /// The distance in elements between neighbours along each axis of a dense, row-major tensor.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: sizes.count)
    var step = 1
    for axis in stride(from: sizes.count - 1, through: 0, by: -1) {
      strides[axis] = step
      // Strides of an empty tensor are never used, so they may be anything.
      step = step &* sizes[axis]
    }
    return strides
  }

  /// The shape that both shapes broadcast to by NumPy's rule, or `nil` if they do not fit.
  ///
  /// Shapes are aligned at their last axes; sizes must be equal, or one of them 1 or missing.
  public static func broadcast(_ first: Shape, _ second: Shape) -> Shape? {
    if first == second { return first }
    let rank = max(first.rank, second.rank)
    var sizes = [Int](repeating: 1, count: rank)
    for axis in 1 ..< rank + 1 {
      let a = axis <= first.rank ? first.sizes[first.rank - axis] : 1
      let b = axis <= second.rank ? second.sizes[second.rank - axis] : 1
      guard a == b || a == 1 || b == 1 else { return nil }
      sizes[rank - axis] = a == 1 ? b : a
    }
    return Shape(sizes)
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + sizes.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape: Codable {
  public init(from decoder: any Decoder) throws {
    sizes = try decoder.singleValueContainer().decode([Int].self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(sizes)
  }
}

/// The element type and shape of a tensor: all that is known of it before it is computed.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// The type of the elements.
  public var elementType: ElementType
  /// The sizes of the axes.
  public var shape: Shape

  /// Creates a tensor type.
  public init(_ elementType: ElementType, _ shape: Shape) {
    self.elementType = elementType
    self.shape = shape
  }

  /// The number of bytes such a tensor takes.
  public var byteCount: Int { shape.count * elementType.byteCount }

  public var description: String { elementType.abbreviation + shape.description }
}
