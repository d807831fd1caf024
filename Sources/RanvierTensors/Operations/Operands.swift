internal import CKernels

/// What functions of tensors accept as operands: tensors and Swift numbers.
///
/// Conforming types are fixed: ``Tensor``, `Int`, `Float` and `Double`.
public protocol TensorOperand: Sendable {
  /// The operand as a tensor beside another one, whose element type numbers take on.
  func tensor(besideType elementType: ElementType?) -> Tensor
  /// The element type, if the operand is a tensor.
  var ownElementType: ElementType? { get }
}

/// A Swift number as an operand of tensor arithmetic.
///
/// A number takes on the tensor's element type; a `Float` or `Double` beside a tensor of integers
/// makes both `f32`.
public protocol ScalarOperand: TensorOperand {}

extension Tensor: TensorOperand {
  public func tensor(besideType elementType: ElementType?) -> Tensor { self }
  public var ownElementType: ElementType? { elementType }
}

extension Int: ScalarOperand {
  public func tensor(besideType elementType: ElementType?) -> Tensor {
    let type = elementType == .bool ? .int32 : elementType ?? .int32
    // A number of more than 53 bits is not a double.
    return type.isInteger ? Tensor(self).cast(to: type) : Tensor(Double(self), elementType: type)
  }
  public var ownElementType: ElementType? { nil }
}

extension Float: ScalarOperand {
  public func tensor(besideType elementType: ElementType?) -> Tensor {
    Double(self).tensor(besideType: elementType)
  }
  public var ownElementType: ElementType? { nil }
}

extension Double: ScalarOperand {
  public func tensor(besideType elementType: ElementType?) -> Tensor {
    let type = elementType.map { $0.isFloatingPoint ? $0 : .float32 }
    return Tensor(self, elementType: type ?? .float32)
  }
  public var ownElementType: ElementType? { nil }
}

/// Both operands as tensors of the type in which they are combined.
package func promoted(
  _ first: some TensorOperand, _ second: some TensorOperand
) -> (Tensor, Tensor) {
  let a = first.tensor(besideType: second.ownElementType ?? first.ownElementType)
  let b = second.tensor(besideType: first.ownElementType ?? second.ownElementType)
  if a.elementType == b.elementType || a.error != nil || b.error != nil { return (a, b) }
  let type = ElementType.promoted(a.elementType, b.elementType)
  return (a.cast(to: type), b.cast(to: type))
}

/// Applies a binary primitive after promotion.
package func applyPromoting(
  _ primitive: some Primitive, _ first: some TensorOperand, _ second: some TensorOperand
) -> Tensor {
  let (a, b) = promoted(first, second)
  return apply(primitive, [a, b])
}

extension ElementLoop.Operation {
  /// An operation of the C kernels, if it is defined for a type.
  static func element(_ operation: ck_op, _ type: ElementType) -> ElementLoop.Operation? {
    ck_op_kernel(operation, type.ckType) == nil ? nil : .element(operation.rawValue, type)
  }
}

extension ElementwisePrimitive {
  /// Checks that all operands have one element type.
  func requireEqualTypes(_ operands: [TensorType]) throws(OperationError) {
    guard operands.allSatisfy({ $0.elementType == operands[0].elementType }) else {
      throw OperationError(
        operation: spelling, rule: "operands of one element type",
        got: operands.map(\.description).joined(separator: " and "))
    }
  }
}
