/// Conversion to another element type.
package struct Cast: ElementwisePrimitive {
  package let elementType: ElementType

  package init(to elementType: ElementType) { self.elementType = elementType }

  package var name: String { "cast" }
  package var spelling: String { "cast(to:)" }
  package var description: String { "cast to \(elementType)" }

  package func resultElementType(
    of operands: [TensorType]
  ) throws(OperationError) -> ElementType {
    elementType
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .cast(from: operands[0].elementType, to: elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let from = application.operand.elementType
    guard from.isFloatingPoint, elementType.isFloatingPoint else { return [nil] }
    return [application.cotangent.cast(to: from)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    if type.isInteger && elementType.isInteger { return elementType.wrapped(elements[0]) }
    func rounded<Scalar: TensorScalar>(_: Scalar.Type) -> Double {
      Scalar(nearest: elements[0]).doubleValue
    }
    return elementType.withScalarType { rounded($0) }
  }

  package static var samples: [PrimitiveSample] {
    let differentiable = [PrimitiveSample(Cast(to: .float64), [.init([3, 4])])]
    let others = ElementType.allCases.flatMap { from in
      ElementType.allCases.map { to in
        PrimitiveSample(
          Cast(to: to), [.init([7], .integers(0, 9), from)], isDifferentiable: false)
      }
    }
    return differentiable + others
  }
}

extension Tensor {
  /// The elements converted to another type.
  ///
  /// Floating-point numbers become integers by truncation toward zero, saturating, not-a-number
  /// gives 0; anything but 0 becomes `true`; narrower floating-point types round to nearest, ties
  /// to even; narrower integers wrap.
  public func cast(to elementType: ElementType) -> Tensor {
    elementType == self.elementType ? self : apply(Cast(to: elementType), [self])
  }
}
