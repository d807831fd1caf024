/// From here on `sqrt(1 + x * x)` is `x` in every type, and squares of larger numbers may overflow.
private let large = 0x1p28
private let logarithmOf2 = 0.693_147_180_559_945_3

/// The number whose hyperbolic sine each element is: `log(x + sqrt(1 + x^2))`.
///
/// Keeps its digits near 0 and does not overflow. Infinities stay, and zeros keep their sign.
public func asinh(_ x: Tensor) -> Tensor {
  composed("asinh", x) { operands in
    odd(operands[0]) { a in
      let isLarge = greater(a, large)
      let small = select(isLarge, 1, a)
      return select(
        isLarge, log(select(isLarge, a, 1)) + logarithmOf2,
        log1p(small * (1 + small / (1 + sqrt(1 + small * small)))))
    }
  }
}

/// The number, not negative, whose hyperbolic cosine each element is: `log(x + sqrt(x^2 - 1))`.
///
/// Not-a-number below 1, where there is none. Keeps its digits near 1, where the slope is infinite,
/// and does not overflow.
public func acosh(_ x: Tensor) -> Tensor {
  composed("acosh", x) { operands in
    let isLarge = greater(operands[0], large)
    let beyond = select(isLarge, 1, operands[0] - 1)
    return select(
      isLarge, log(select(isLarge, operands[0], 1)) + logarithmOf2,
      log1p(beyond + sqrt(beyond) * sqrt(beyond + 2)))
  }
}

/// The number whose hyperbolic tangent each element is: `log((1 + x) / (1 - x)) / 2`.
///
/// Infinite at -1 and 1, not-a-number beyond. Keeps its digits near 0; zeros keep their sign.
public func atanh(_ x: Tensor) -> Tensor {
  composed("atanh", x) { operands in (log1p(operands[0]) - log1p(-operands[0])) * 0.5 }
}
