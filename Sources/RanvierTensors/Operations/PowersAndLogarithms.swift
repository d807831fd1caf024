/// The logarithm of each element to base 2: minus infinity at 0, not-a-number below.
///
/// Within a few units in the last place; powers of 2 need not give whole numbers exactly.
public func log2(_ x: Tensor) -> Tensor {
  composed("log2", x) { log($0[0]) * 1.442_695_040_888_963_4 }
}

/// The logarithm of each element to base 10: minus infinity at 0, not-a-number below.
///
/// Within a few units in the last place; powers of 10 need not give whole numbers exactly.
public func log10(_ x: Tensor) -> Tensor {
  composed("log10", x) { log($0[0]) * 0.434_294_481_903_251_83 }
}

/// 2 to the power of each element; whole numbers give exact powers.
public func exp2(_ x: Tensor) -> Tensor {
  composed("exp2", x) { pow(2, $0[0]) }
}

/// The cube root of each element, which negative numbers have too.
///
/// Infinities stay; both zeros give 0, where the slope is infinite.
public func cbrt(_ x: Tensor) -> Tensor {
  composed("cbrt", x) { operands in
    odd(operands[0]) { a in
      // A third is not a number of any type; a step of Newton's method repairs what that costs.
      let rough = pow(a, 1.0 / 3)
      let isOrdinary = bitwiseAnd(greater(a, 0), isFinite(a))
      let root = select(isOrdinary, rough, 1)
      let repaired = (2 * root + select(isOrdinary, a, 1) / (root * root)) * (1.0 / 3)
      return select(isOrdinary, repaired, rough)
    }
  }
}

/// The square root of the sum of two squares, broadcasting: a point's distance from the origin.
///
/// The squares neither overflow nor vanish. Infinite if either is infinite, even beside
/// not-a-number. Both derivatives at the origin are 0, as those of ``abs(_:)``.
public func hypot(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  let (a, b) = promoted(first, second)
  return composed("hypot", a, b) { operands in
    let (a, b) = (abs(operands[0]), abs(operands[1]))
    let largest = maximum(a, b)
    let isOrigin = equal(largest, 0)
    let isInfinity = bitwiseOr(equal(a, Double.infinity), equal(b, Double.infinity))
    // The scale cancels, so it is a constant for derivatives.
    let isPlain = bitwiseOr(isOrigin, isInfinity)
    let scale = stopGradient(select(isPlain, 1, largest))
    let (u, v) = (operands[0] / scale, operands[1] / scale)
    let length = sqrt(select(isPlain, 1, u * u + v * v)) * scale
    return select(isInfinity, Double.infinity, select(isOrigin, 0, length))
  }
}

/// `1 / x` for each element; zeros give infinities of their sign.
public func reciprocal(_ x: Tensor) -> Tensor {
  composed("reciprocal", x) { 1 / $0[0] }
}
