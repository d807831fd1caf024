internal import CKernels
internal import Foundation

/// `a^b`, element by element, as C's pow.
package struct Power: ElementwisePrimitive {
  package init() {}

  package var name: String { "power" }
  package var spelling: String { "pow" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_POWER, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let (base, exponent) = (application.operands[0], application.operands[1])
    return [
      application.ifNeeded(0) {
        // The power of 0 is constant, also where the base is 0 and `0 * pow(0, -1)` would not be a
        // number.
        let isConstant = equal(exponent, 0)
        let lower: Tensor = apply(Power(), [base, select(isConstant, 1, exponent) - 1])
        return application.cotangent * select(isConstant, 0, exponent * lower)
      },
      application.ifNeeded(1) {
        // Where the base is not positive, powers with neighbouring exponents are no numbers: no
        // derivative.
        let isPositive = greater(base, 0)
        let logarithm = log(select(isPositive, base, 1))
        return application.cotangent * select(isPositive, application.result * logarithm, 0)
      },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let power = Foundation.pow(elements[0], elements[1])
    // Negative powers of integers are fractions, which truncate to 0; so does the power of 0.
    return type.isInteger && elements[1] < 0
      ? (elements[0] == 0 ? 0 : power.rounded(.towardZero)) : power
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Power(), [.init([3, 4], .uniform(0.5, 2)), .init([3, 4], .uniform(0.5, 2))]),
      PrimitiveSample(
        Power(), [.init([2, 3, 4], .uniform(0.5, 2)), .init([3, 1], .uniform(0.5, 2))]),
      PrimitiveSample(
        Power(), [.init([4], .uniform(0.5, 2)), .init([2, 1, 4], .uniform(0.5, 2))]),
      PrimitiveSample(Power(), [.init([], .uniform(0.5, 2)), .init([2, 2], .uniform(0.5, 2))]),
      PrimitiveSample(Power(), [.init([0, 3], .uniform(0.5, 2)), .init([3], .uniform(0.5, 2))]),
    ]
  }
}

/// Elements to the power of elements, broadcasting, as C's `pow`.
///
/// Anything to the power of 0 is 1, and so is 1 to any power, not-a-number included. A negative
/// number has whole powers only; others are not-a-number. The derivative in the exponent is 0 where
/// the base is not positive. Integers wrap; their negative powers truncate to 0, but for those of 1
/// and -1.
public func pow(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Power(), first, second)
}
