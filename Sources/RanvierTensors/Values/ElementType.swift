/// The type of a tensor's elements.
///
/// Raw values are part of the contract with the C kernels.
public enum ElementType: Int32, Sendable, Hashable, CaseIterable, Codable {
  case bool = 0
  case int8
  case int16
  case int32
  case int64
  case uint8
  case uint16
  case uint32
  case uint64
  case float16
  case bfloat16
  case float32
  case float64

  /// The size of one element in bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Whether values are floating-point numbers, the only ones that have derivatives.
  public var isFloatingPoint: Bool { rawValue >= ElementType.float16.rawValue }

  /// Whether values are floating-point numbers of 16 bits, which are stored but computed with in
  /// `f32`.
  package var isNarrowFloat: Bool { self == .float16 || self == .bfloat16 }

  /// Whether values are integers, signed or not.
  public var isInteger: Bool { self != .bool && !isFloatingPoint }

  /// Whether values are integers that can be negative.
  public var isSignedInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// The short name used when tensors and tables are printed, as in `f32[2, 3]`.
  public var abbreviation: String {
    switch self {
    case .bool: "bool"
    case .int8: "i8"
    case .int16: "i16"
    case .int32: "i32"
    case .int64: "i64"
    case .uint8: "u8"
    case .uint16: "u16"
    case .uint32: "u32"
    case .uint64: "u64"
    case .float16: "f16"
    case .bfloat16: "bf16"
    case .float32: "f32"
    case .float64: "f64"
    }
  }

  /// The type in which two operands of different types are combined.
  ///
  /// | operands | result |
  /// |---|---|
  /// | equal types | that type |
  /// | bool and any | the other one |
  /// | two floating-point types | the wider; `f16` with `bf16` gives `f32` |
  /// | integer and floating-point | the floating-point type |
  /// | integers of one signedness | the wider |
  /// | signed and unsigned integer | the narrowest signed type that holds both; `f32` with `u64` |
  ///
  /// The result does not depend on the order of the operands. Docs/Guides/ElementTypes.md has all pairs.
  public static func promoted(_ first: ElementType, _ second: ElementType) -> ElementType {
    if first == second { return first }
    if first == .bool { return second }
    if second == .bool { return first }
    switch (first.isFloatingPoint, second.isFloatingPoint) {
    case (true, true):
      if first.byteCount == second.byteCount { return .float32 }
      return first.byteCount > second.byteCount ? first : second
    case (true, false): return first
    case (false, true): return second
    case (false, false): return promotedIntegers(first, second)
    }
  }

  private static func promotedIntegers(_ first: ElementType, _ second: ElementType) -> ElementType {
    if first.isSignedInteger == second.isSignedInteger {
      return first.byteCount > second.byteCount ? first : second
    }
    let (signed, unsigned) = first.isSignedInteger ? (first, second) : (second, first)
    if signed.byteCount > unsigned.byteCount { return signed }
    switch unsigned {
    case .uint8: return .int16
    case .uint16: return .int32
    case .uint32: return .int64
    default: return .float32
    }
  }
}

extension ElementType {
  /// A whole number as an element of this integer type, wrapping around like two's complement.
  package func wrapped(_ value: Double) -> Double {
    // Not by way of the modulus, beside which a small negative number would lose its digits.
    if lowestValue <= value && value <= highestValue { return value }
    let modulus = Double(sign: .plus, exponent: 8 * byteCount, significand: 1)
    let remainder = value - (value / modulus).rounded(.down) * modulus
    return isSignedInteger && remainder >= modulus / 2 ? remainder - modulus : remainder
  }
}

extension ElementType: CustomStringConvertible {
  public var description: String { abbreviation }
}
