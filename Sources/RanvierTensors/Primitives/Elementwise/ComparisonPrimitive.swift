internal import CKernels

/// An element-wise primitive whose result is of type bool and has no derivative.
package protocol ComparisonPrimitive: ElementwisePrimitive {
  init()

  /// The operation in the C kernels' numbering.
  var operationCode: UInt32 { get }

  /// Whether the comparison holds for two elements.
  func holds(_ first: Double, _ second: Double) -> Bool
}

extension ComparisonPrimitive {
  package func resultElementType(
    of operands: [TensorType]
  ) throws(OperationError) -> ElementType {
    try requireEqualTypes(operands)
    return .bool
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(ck_op(operationCode), operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    holds(elements[0], elements[1]) ? 1 : 0
  }

  package static var samples: [PrimitiveSample] {
    let cases: [[PrimitiveSample.Operand]] = [
      [.init([3, 4], .integers(-2, 2)), .init([3, 4], .integers(-2, 2))],
      [.init([2, 3], .integers(0, 2), .int32), .init([1], .integers(0, 2), .int32)],
      [.init([5], .integers(0, 3), .uint8), .init([2, 1], .integers(0, 3), .uint8)],
    ]
    return cases.map { PrimitiveSample(Self(), $0, isDifferentiable: false) }
  }
}
