public import RanvierTensors

/// A shape whose sizes may be open until data comes: `[nil, 28, 28, 1]`.
public struct DynamicShape: Sendable, Hashable, Codable {
  /// The sizes; `nil` where any size will do.
  public var sizes: [Int?]

  /// Creates a shape.
  public init(_ sizes: [Int?]) { self.sizes = sizes }

  /// A shape without open sizes.
  public init(_ shape: Shape) { sizes = shape.sizes }

  /// The number of axes.
  public var rank: Int { sizes.count }

  /// The size of an axis; negative positions count from the last axis.
  public subscript(axis: Int) -> Int? {
    get { sizes[axis < 0 ? axis + rank : axis] }
    set { sizes[axis < 0 ? axis + rank : axis] = newValue }
  }

  /// The product of the sizes from an axis on, if all are known.
  package func product(from axis: Int) -> Int? {
    sizes[axis...].reduce(1) { product, size in
      product.flatMap { product in size.map { product * $0 } }
    }
  }

  /// The shape with open sizes replaced.
  package func filled(with size: Int) -> Shape { Shape(sizes.map { $0 ?? size }) }

  /// Whether a shape has this rank and these sizes.
  package func matches(_ shape: Shape) -> Bool {
    rank == shape.rank && zip(sizes, shape.sizes).allSatisfy { $0 == nil || $0 == $1 }
  }

  /// The shape both broadcast to, if they fit; an open size fits any.
  package static func broadcast(_ first: DynamicShape, _ second: DynamicShape) -> DynamicShape? {
    let rank = max(first.rank, second.rank)
    var sizes = [Int?](repeating: 1, count: rank)
    for axis in 1 ..< rank + 1 {
      let a: Int?? = axis <= first.rank ? first.sizes[first.rank - axis] : 1
      let b: Int?? = axis <= second.rank ? second.sizes[second.rank - axis] : 1
      switch (a ?? nil, b ?? nil) {
      case (1, let size), (let size, 1): sizes[rank - axis] = size
      case (nil, let size), (let size, nil): sizes[rank - axis] = size
      case (let x?, let y?):
        guard x == y else { return nil }
        sizes[rank - axis] = x
      }
    }
    return DynamicShape(sizes)
  }
}

extension DynamicShape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int?...) { self.init(elements) }
}

extension DynamicShape: CustomStringConvertible {
  public var description: String {
    "[" + sizes.map { $0.map(String.init) ?? "nil" }.joined(separator: ", ") + "]"
  }
}

/// One size for all spatial axes, or one for each: `3` or `[3, 5]`.
public struct SpatialSizes: Sendable, Hashable, Codable, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, CustomStringConvertible
{
  /// The sizes; a single one stands for all axes.
  public var sizes: [Int]

  /// Creates sizes for each axis, or one for all.
  public init(_ sizes: [Int]) { self.sizes = sizes }
  /// Creates one size for all axes.
  public init(_ size: Int) { sizes = [size] }
  public init(integerLiteral value: Int) { sizes = [value] }
  public init(arrayLiteral elements: Int...) { sizes = elements }

  /// The sizes for a number of axes, if they fit.
  package func repeated(_ axes: Int) -> [Int]? {
    if sizes.count == axes { return sizes }
    return sizes.count == 1 ? [Int](repeating: sizes[0], count: axes) : nil
  }

  public var description: String {
    sizes.count == 1 ? "\(sizes[0])" : sizes.map(String.init).joined(separator: "x")
  }
}
