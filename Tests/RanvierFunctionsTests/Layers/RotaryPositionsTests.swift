import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct RotaryPositionsTests {
  let x = RandomKey(seed: 3).normal([2, 5, 12], elementType: .float64)

  @Test(.tags(.golden)) func `equals complex numbers and half rotations in PyTorch`() throws {
    try expectTransformerGolden("rotary", cases: 6) { tensors, options in
      rotaryPositions(
        tensors["input"], heads: options.heads ?? 1, base: options.base ?? 0,
        pairing: FeaturePairing(rawValue: options.pairing ?? "") ?? .halves,
        offset: options.offset ?? 0)
    }
  }

  @Test(arguments: [FeaturePairing.halves, .neighbors])
  func `products depend on distances only, and lengths stay`(pairing: FeaturePairing) {
    let y = RandomKey(seed: 4).normal([2, 5, 12], elementType: .float64)
    func products(_ offset: Int) -> Tensor {
      let turned = [x, y].map { rotaryPositions($0, heads: 3, pairing: pairing, offset: offset) }
      return matmul(turned[0], turned[1].swappedAxes(-1, -2))
    }
    expectClose(products(700), products(0), relative: 1e-9, absolute: 1e-10)
    let turned = rotaryPositions(x, heads: 3, pairing: pairing)
    expectClose(
      square(turned).sum(alongAxes: [-1]), square(x).sum(alongAxes: [-1]), relative: 1e-12)
    #expect(turned[.all, 0] == x[.all, 0] && turned[.all, 1] != x[.all, 1])
  }

  @Test func `an offset continues where tokens before it ended, known or not`() throws {
    let whole = rotaryPositions(x, heads: 2)
    expectClose(
      rotaryPositions(x[.all, 3 ..< 5], heads: 2, offset: 3), whole[.all, 3 ..< 5],
      relative: 1e-13, absolute: 1e-13)
    let step = compile { (x: Tensor, offset: Tensor) in
      rotaryPositions(x, heads: 2, offset: offset)
    }
    for offset in 0 ..< 5 {
      expectClose(
        try step(x[.all, offset ..< offset + 1], Tensor(offset)),
        whole[.all, offset ..< offset + 1], relative: 1e-12, absolute: 1e-12)
    }
  }

  @Test func `angles keep their digits far out, also for 16 bits`() {
    let ones = Tensor.ones([1, 2])
    let position = 1_000_003
    let turned = rotaryPositions(ones, offset: position)
    let exact = rotaryPositions(ones.cast(to: .float64), offset: position)
    expectClose(turned, exact, relative: 1e-6)
    let short = rotaryPositions(ones.cast(to: .bfloat16), offset: position)
    #expect(short.elementType == .bfloat16)
    expectClose(short, exact, relative: 0.01, absolute: 0.01)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() throws {
    for pairing in [FeaturePairing.halves, .neighbors] {
      expectGradientsMatch(at: [x], order: 2, "\(pairing)") {
        square(rotaryPositions($0[0], heads: 3, pairing: pairing, offset: 2))
      }
      try expectCompiledMatches(at: [x.cast(to: .float32)], "\(pairing)") {
        square(rotaryPositions($0[0], heads: 3, pairing: pairing, offset: 2))
      }
    }
  }

  @Test func `says what does not fit`() {
    let rule = """
      rotaryPositions needs floating-point numbers [..., tokens, heads * share] with an even share \
      of each head, got
      """
    expectError(rotaryPositions(x, heads: 4), "\(rule) f64[2, 5, 12] and 4 heads")
    expectError(rotaryPositions(x, heads: 0), "\(rule) f64[2, 5, 12] and 0 heads")
    expectError(rotaryPositions(Tensor.ones([4])), "\(rule) f32[4] and 1 heads")
    expectError(
      rotaryPositions(Tensor.range(4).reshaped(to: [2, 2])), "\(rule) i32[2, 2] and 1 heads")
    for base in [0, -1, Double.infinity] {
      expectError(
        rotaryPositions(x, base: base),
        "rotaryPositions needs a positive and finite base, got \(base)")
    }
    for offset in [Tensor([1, 2]), Tensor(1.5)] {
      expectError(
        rotaryPositions(x, offset: offset),
        """
        rotaryPositions needs an offset that is an integer, or a scalar tensor of integers, got \
        \(offset.type)
        """)
    }
  }
}
