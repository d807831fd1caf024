internal import CKernels
internal import Foundation

/// The inverse of erf from -1 to 1; infinite at the ends, not-a-number outside.
package struct InverseErrorFunction: ElementwisePrimitive {
  package init() {}

  package var name: String { "inverse_error_function" }
  package var spelling: String { "erfinv" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_INVERSE_ERROR_FUNCTION, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (exp(application.result * application.result) * 0.886226925452758)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    // Newton's method from Winitzki's approximation (2008), which is within 0.002.
    let x = elements[0]
    if x == 0 { return x }
    guard Swift.abs(x) < 1 else { return Swift.abs(x) == 1 ? x * .infinity : .nan }
    let logarithm = Foundation.log(1 - x * x)
    let term = 2 / (Double.pi * 0.147) + logarithm / 2
    let start = ((term * term - logarithm / 0.147).squareRoot() - term).squareRoot()
    var y = x < 0 ? -start : start
    for _ in 0 ..< 4 {
      y -= (Foundation.erf(y) - x) * 0.886226925452758 * Foundation.exp(y * y)
    }
    return y
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(InverseErrorFunction(), [.init([3, 4], .uniform(-0.9, 0.9))]),
      PrimitiveSample(InverseErrorFunction(), [.init([], .uniform(-0.9, 0.9))]),
      PrimitiveSample(InverseErrorFunction(), [.init([2, 0, 3], .uniform(-0.9, 0.9))]),
    ]
  }
}

/// The inverse of the error function from -1 to 1; infinite at the ends, not-a-number outside.
public func erfinv(_ x: Tensor) -> Tensor { apply(InverseErrorFunction(), [x]) }
