/// A Swift number type that tensors can hold.
///
/// Conforming types are fixed: `Bool`, the fixed-width integers, `Int`, `UInt`, `Float16`,
/// ``BFloat16``, `Float` and `Double`.
public protocol TensorScalar: Sendable, Equatable {
  /// The element type whose memory layout equals this type's.
  static var elementType: ElementType { get }

  /// The value nearest to a number in double precision.
  init(nearest value: Double)

  /// The value as a number in double precision.
  var doubleValue: Double { get }
}

extension Bool: TensorScalar {
  public static var elementType: ElementType { .bool }
  public init(nearest value: Double) { self = value != 0 }
  public var doubleValue: Double { self ? 1 : 0 }
}

extension TensorScalar where Self: FixedWidthInteger {
  /// Truncates toward zero and saturates; not-a-number gives zero.
  public init(nearest value: Double) {
    if value.isNaN {
      self = 0
    } else if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value < 0 ? .min : .max
    }
  }
  public var doubleValue: Double { Double(self) }
}

extension Int8: TensorScalar { public static var elementType: ElementType { .int8 } }
extension Int16: TensorScalar { public static var elementType: ElementType { .int16 } }
extension Int32: TensorScalar { public static var elementType: ElementType { .int32 } }
extension Int64: TensorScalar { public static var elementType: ElementType { .int64 } }
extension Int: TensorScalar { public static var elementType: ElementType { .int64 } }
extension UInt8: TensorScalar { public static var elementType: ElementType { .uint8 } }
extension UInt16: TensorScalar { public static var elementType: ElementType { .uint16 } }
extension UInt32: TensorScalar { public static var elementType: ElementType { .uint32 } }
extension UInt64: TensorScalar { public static var elementType: ElementType { .uint64 } }
extension UInt: TensorScalar { public static var elementType: ElementType { .uint64 } }

#if !(os(macOS) && arch(x86_64))
  extension Float16: TensorScalar {
    public static var elementType: ElementType { .float16 }
    public init(nearest value: Double) { self = Float16(value) }
    public var doubleValue: Double { Double(self) }
  }
#endif

extension Float: TensorScalar {
  public static var elementType: ElementType { .float32 }
  public init(nearest value: Double) { self = Float(value) }
  public var doubleValue: Double { Double(self) }
}

extension Double: TensorScalar {
  public static var elementType: ElementType { .float64 }
  public init(nearest value: Double) { self = value }
  public var doubleValue: Double { self }
}

/// A 16-bit floating-point number with the exponent range of `Float`: its upper half.
public struct BFloat16: TensorScalar, Hashable {
  /// The upper 16 bits of the equal `Float`.
  public var bitPattern: UInt16

  /// Creates a number from its bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds a `Float` to nearest, ties to even; not-a-number stays so.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x0040
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
    }
  }

  /// The equal `Float`.
  public var floatValue: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

  /// Whether the numbers are equal: zeros of either sign are, not-a-number is equal to nothing.
  public static func == (first: BFloat16, second: BFloat16) -> Bool {
    first.floatValue == second.floatValue
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(floatValue) }

  public static var elementType: ElementType { .bfloat16 }
  public init(nearest value: Double) { self.init(Float(value)) }
  public var doubleValue: Double { Double(floatValue) }
}
