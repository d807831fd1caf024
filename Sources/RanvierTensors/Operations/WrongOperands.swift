/// Arithmetic with a type that takes no part in formulas of tensors: never available.
///
/// The compiler names this protocol where an operator has such an operand: `x * "2"` is rejected at
/// the `*`, with the reason. Formulas are made of tensors, `Int`, `Float` and `Double`.
///
/// Without it the compiler would try every combination of every operator's overloads before it
/// gave up, without saying where the mistake is (`Docs/Decisions/0011-wrong-operands.md`).
public protocol MixedArithmetic {}

/// Evidence that an operand may stand where it stands; for mistakes it has no right to exist.
///
/// Its parameter's conformance is unavailable, which the compiler reports after it has chosen the
/// overloads, but does not count while it chooses: so it finds the mistake as quickly as it would
/// find that a formula is right.
public struct _MixedArithmeticCheck<Operand: MixedArithmetic> {}

/// What every check conforms to, so that operators for mistakes can require one.
public protocol _OperandCheck {}

extension _MixedArithmeticCheck: _OperandCheck {}

extension MixedArithmetic {
  /// Is there for its result type.
  public static func _operandCheck() -> _MixedArithmeticCheck<Self> { neverCalled() }
}

/// A type that has a check, which is inferred and so stands nowhere in available code.
public protocol _Checked {
  associatedtype _Check
  /// Is there for its result type.
  static func _operandCheck() -> _Check
}

/// A tensor beside something that it does not combine with.
public protocol _TensorSide: _Checked {}

/// A type of the standard library that takes part in mistakes without tensors.
public protocol _KnownSide: _Checked {}

/// Int, Float and Double, beside which another type is a mistake.
public protocol _NumberSide: _KnownSide {}

/// What no formula takes.
public protocol _OtherSide: _KnownSide {}

/// What a mistake without tensors is to the rest of its formula: a number that does not exist.
///
/// It has parameters that nothing determines but the rest of a formula of tensors, so that code
/// without tensors never takes it.
public enum _Mistaken<A, B>: Sendable {}

extension _Mistaken: TensorOperand where A == Never, B == Never {
  public func tensor(besideType elementType: ElementType?) -> Tensor { neverCalled() }
  public var ownElementType: ElementType? { neverCalled() }
}

extension _Mistaken: ScalarOperand where A == Never, B == Never {}

/// The check of what is a mistake already: one message is enough.
public struct _NoCheck: _OperandCheck {}

extension _Mistaken: _NumberSide, _KnownSide, _Checked where A == Never, B == Never {
  public static func _operandCheck() -> _NoCheck { neverCalled() }
}

/// The body of functions that only exist for the compiler to reject their use.
func neverCalled(_ function: StaticString = #function) -> Never {
  fatalError("\(function) is there for the compiler alone")
}

// MARK: - Both sides of mistakes, and what to do about them

@available(*, unavailable, message: "a tensor combines with tensors, Int, Float and Double")
extension Tensor: MixedArithmetic {}
extension Tensor: _TensorSide {}

@available(
  *, unavailable,
  message: "an Int combines with tensors and with Int; convert one operand, as in Double(n)"
)
extension Int: MixedArithmetic {}
extension Int: _NumberSide {}

@available(
  *, unavailable,
  message: "a Float combines with tensors and with Float; convert the other operand"
)
extension Float: MixedArithmetic {}
extension Float: _NumberSide {}

@available(
  *, unavailable,
  message: "a Double combines with tensors and with Double; convert the other operand"
)
extension Double: MixedArithmetic {}
extension Double: _NumberSide {}

@available(
  *, unavailable,
  message: "formulas take tensors and numbers; read the number with Double(_:)"
)
extension String: MixedArithmetic {}
extension String: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors and numbers; read the number with Double(_:)"
)
extension Substring: MixedArithmetic {}
extension Substring: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors and numbers; write Tensor(flag) or flag ? 1 : 0"
)
extension Bool: MixedArithmetic {}
extension Bool: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers; unwrap the optional first")
extension Optional: MixedArithmetic {}
extension Optional: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers; write Tensor(array)")
extension Array: MixedArithmetic {}
extension Array: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers; write Tensor(Array(slice))")
extension ArraySlice: MixedArithmetic {}
extension ArraySlice: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors and numbers; take a value out of the dictionary"
)
extension Dictionary: MixedArithmetic {}
extension Dictionary: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers")
extension Set: MixedArithmetic {}
extension Set: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers; write Tensor.range(count)")
extension Range: MixedArithmetic {}
extension Range: _OtherSide {}

@available(*, unavailable, message: "formulas take tensors and numbers; write Tensor.range(count)")
extension ClosedRange: MixedArithmetic {}
extension ClosedRange: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension Int8: MixedArithmetic {}
extension Int8: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension Int16: MixedArithmetic {}
extension Int16: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension Int32: MixedArithmetic {}
extension Int32: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension Int64: MixedArithmetic {}
extension Int64: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension UInt: MixedArithmetic {}
extension UInt: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension UInt8: MixedArithmetic {}
extension UInt8: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension UInt16: MixedArithmetic {}
extension UInt16: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension UInt32: MixedArithmetic {}
extension UInt32: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Int(_:)"
)
extension UInt64: MixedArithmetic {}
extension UInt64: _OtherSide {}

@available(
  *, unavailable,
  message: "formulas take tensors, Int, Float and Double; convert with Float(_:)"
)
extension Float16: MixedArithmetic {}
extension Float16: _OtherSide {}

// MARK: - Operators for mistakes

// Each is chosen only where nothing else fits.

extension Tensor {
  @_disfavoredOverload
  public static func + <Result: _TensorSide>(first: Tensor, second: some Any) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
  @_disfavoredOverload
  public static func + <Result: _TensorSide>(first: some Any, second: Tensor) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
}

extension _NumberSide {
  @_disfavoredOverload
  public static func + <Other: _KnownSide, A, B>(first: Self, second: Other) -> _Mistaken<A, B>
  where Other._Check: _OperandCheck { neverCalled() }
}

extension _OtherSide where _Check: _OperandCheck {
  @_disfavoredOverload
  public static func + <A, B>(first: Self, second: some _NumberSide) -> _Mistaken<A, B> {
    neverCalled()
  }
}

extension Tensor {
  @_disfavoredOverload
  public static func - <Result: _TensorSide>(first: Tensor, second: some Any) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
  @_disfavoredOverload
  public static func - <Result: _TensorSide>(first: some Any, second: Tensor) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
}

extension _NumberSide {
  @_disfavoredOverload
  public static func - <Other: _KnownSide, A, B>(first: Self, second: Other) -> _Mistaken<A, B>
  where Other._Check: _OperandCheck { neverCalled() }
}

extension _OtherSide where _Check: _OperandCheck {
  @_disfavoredOverload
  public static func - <A, B>(first: Self, second: some _NumberSide) -> _Mistaken<A, B> {
    neverCalled()
  }
}

extension Tensor {
  @_disfavoredOverload
  public static func * <Result: _TensorSide>(first: Tensor, second: some Any) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
  @_disfavoredOverload
  public static func * <Result: _TensorSide>(first: some Any, second: Tensor) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
}

extension _NumberSide {
  @_disfavoredOverload
  public static func * <Other: _KnownSide, A, B>(first: Self, second: Other) -> _Mistaken<A, B>
  where Other._Check: _OperandCheck { neverCalled() }
}

extension _OtherSide where _Check: _OperandCheck {
  @_disfavoredOverload
  public static func * <A, B>(first: Self, second: some _NumberSide) -> _Mistaken<A, B> {
    neverCalled()
  }
}

extension Tensor {
  @_disfavoredOverload
  public static func / <Result: _TensorSide>(first: Tensor, second: some Any) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
  @_disfavoredOverload
  public static func / <Result: _TensorSide>(first: some Any, second: Tensor) -> Result
  where Result._Check: _OperandCheck { neverCalled() }
}

extension _NumberSide {
  @_disfavoredOverload
  public static func / <Other: _KnownSide, A, B>(first: Self, second: Other) -> _Mistaken<A, B>
  where Other._Check: _OperandCheck { neverCalled() }
}

extension _OtherSide where _Check: _OperandCheck {
  @_disfavoredOverload
  public static func / <A, B>(first: Self, second: some _NumberSide) -> _Mistaken<A, B> {
    neverCalled()
  }
}

extension _OtherSide where _Check: _OperandCheck {
  @_disfavoredOverload
  public static prefix func - <A, B>(x: Self) -> _Mistaken<A, B> { neverCalled() }
}
