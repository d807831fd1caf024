import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ScaledDotProductAttentionTests {
  struct Options: Decodable {
    var causal: Bool
    var scale: Double?
    var mask: String?
    var heads: Int?
  }

  @Test(.tags(.golden)) func `equals PyTorch`() throws {
    let golden = try Golden("attention")
    var found = 0
    for name in golden.cases {
      let options = try golden.options(name, as: Options.self)
      if options.heads != nil { continue }
      let tensors = golden.tensors(name)
      let truth = options.mask == "truth" ? tensors["mask"] : nil
      let inputs = ["query", "key", "value"] + (options.mask == "numbers" ? ["mask"] : [])
      expectGolden(tensors, inputs: inputs, name) {
        scaledDotProductAttention(
          $0[0], $0[1], $0[2], mask: $0.count > 3 ? $0[3] : truth, isCausal: options.causal,
          scale: options.scale)
      }
      found += 1
    }
    #expect(found == 8)
  }

  let key = RandomKey(seed: 4)

  /// Queries, keys and values.
  func operands(_ elementType: ElementType = .float64) -> [Tensor] {
    [[2, 3, 4], [2, 5, 4], [2, 5, 3]].enumerated().map { number, sizes in
      key.derived(UInt32(number)).normal(Shape(sizes), elementType: elementType)
    }
  }

  @Test func `a query without keys gives zeros and finite derivatives`() {
    let x = operands()
    let attends = Tensor([[true, true, false, false, true], [false, false, false, false, false]])
    let mask = Tensor(concatenating: [attends, attends[0 ..< 1]])
    let numbers = select(mask, Tensor(0.0), -Double.infinity)
    for mask in [mask, numbers] {
      let output = scaledDotProductAttention(x[0], x[1], x[2], mask: mask)
      #expect(output[.all, 1] == Tensor.zeros([2, 3], elementType: .float64))
      #expect(isFinite(output).all().scalar(as: Bool.self))
      let slopes = gradient(at: x) {
        scaledDotProductAttention($0[0], $0[1], $0[2], mask: mask).sum()
      }
      for slope in slopes { #expect(isFinite(slope).all().scalar(as: Bool.self)) }
      #expect(slopes[0][.all, 1] == Tensor.zeros([2, 4], elementType: .float64))
      // Keys nobody attends to have no influence.
      #expect(slopes[1][.all, 2 ..< 4] == Tensor.zeros([2, 2, 4], elementType: .float64))
    }
    let none = scaledDotProductAttention(x[0], x[1][.all, 0 ..< 0], x[2][.all, 0 ..< 0])
    #expect(none == Tensor.zeros([2, 3, 3], elementType: .float64))
  }

  @Test func `truth values and numbers mean the same`() {
    let x = operands()
    let mask = Tensor([[true, false, true, true, false]])
    expectClose(
      scaledDotProductAttention(x[0], x[1], x[2], mask: mask),
      scaledDotProductAttention(
        x[0], x[1], x[2], mask: select(mask, Tensor(0.0), -Double.infinity)))
    expectClose(
      scaledDotProductAttention(x[0], x[1], x[2], mask: Tensor([true, true, false, false, false])),
      scaledDotProductAttention(x[0], x[1][.all, 0 ..< 2], x[2][.all, 0 ..< 2]))
  }

  @Test func `causal tokens do not see later ones, also with a mask`() {
    let x = operands()
    let (k, v) = (x[1][.all, 0 ..< 3], x[2][.all, 0 ..< 3])
    let output = scaledDotProductAttention(x[0], k, v, isCausal: true)
    expectClose(output[.all, 0], v[.all, 0])
    var (laterKeys, laterValues) = (k, v)
    laterKeys[.all, 2] = Tensor(9.0)
    laterValues[.all, 2] = Tensor(-9.0)
    let changed = scaledDotProductAttention(x[0], laterKeys, laterValues, isCausal: true)
    #expect(changed[.all, 0 ..< 2] == output[.all, 0 ..< 2] && changed != output)
    let masked = scaledDotProductAttention(
      x[0], k, v, mask: Tensor([false, true, true]), isCausal: true)
    #expect(masked[.all, 0] == Tensor.zeros([2, 3], elementType: .float64))
    expectClose(masked[.all, 1], v[.all, 1])
  }

  @Test func `leading axes broadcast, and 16 bits are weighted in f32`() {
    let x = operands()
    let shared = scaledDotProductAttention(x[0], x[1][0], x[2][0])
    expectClose(shared[1], scaledDotProductAttention(x[0][1], x[1][0], x[2][0]))
    let short = operands(.bfloat16)
    let output = scaledDotProductAttention(short[0], short[1], short[2])
    #expect(output.elementType == .bfloat16)
    let wide = short.map { $0.cast(to: .float32) }
    expectClose(
      output, scaledDotProductAttention(wide[0], wide[1], wide[2]), relative: 0.03, absolute: 0.03)
    // Products beyond what exp can take.
    let large = x.map { $0 * 100 }
    #expect(
      isFinite(scaledDotProductAttention(large[0], large[1], large[2])).all()
        .scalar(as: Bool.self))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let x = operands()
    let mask = Tensor([[true, false, true, true, false], [true, true, true, true, true]])
    let rows = Tensor(concatenating: [mask, mask[1 ..< 2]])
    expectGradientsMatch(at: x, order: 2, "plain") {
      scaledDotProductAttention($0[0], $0[1], $0[2])
    }
    expectGradientsMatch(at: x, "truth") {
      scaledDotProductAttention($0[0], $0[1], $0[2], mask: rows)
    }
    expectGradientsMatch(at: x, "causal") {
      scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true, scale: 0.3)
    }
    let numbers = key.derived(7).normal([3, 5], elementType: .float64)
    expectGradientsMatch(at: x + [numbers], "numbers") {
      scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3])
    }
  }

  @Test func `says what does not fit`() {
    let (q, k) = (Tensor.ones([2, 3, 4]), Tensor.ones([2, 5, 4]))
    let rule = """
      scaledDotProductAttention needs floating-point numbers query [..., queries, features], key \
      [..., keys, features] and value [..., keys, outputs], got
      """
    expectError(
      scaledDotProductAttention(q, k, q),
      "\(rule) query f32[2, 3, 4], key f32[2, 5, 4], value f32[2, 3, 4]")
    expectError(
      scaledDotProductAttention(q, Tensor.ones([2, 5, 3]), k),
      "\(rule) query f32[2, 3, 4], key f32[2, 5, 3], value f32[2, 5, 4]")
    expectError(
      scaledDotProductAttention(Tensor.range(4), k, k),
      "\(rule) query i32[4], key f32[2, 5, 4], value f32[2, 5, 4]")
    expectError(
      scaledDotProductAttention(Tensor.ones([3, 3, 4]), k, k),
      """
      scaledDotProductAttention needs leading axes that broadcast, got query f32[3, 3, 4], key \
      f32[2, 5, 4], value f32[2, 5, 4]
      """)
    let masks = "a mask of truth values or floating-point numbers that broadcasts to [2, 3, 5]"
    expectError(
      scaledDotProductAttention(q, k, k, mask: Tensor.ones([2, 5])),
      "scaledDotProductAttention needs \(masks), got f32[2, 5]")
    expectError(
      scaledDotProductAttention(q, k, k, mask: Tensor.ones([4, 2, 3, 5])),
      "scaledDotProductAttention needs \(masks), got f32[4, 2, 3, 5]")
    expectError(
      scaledDotProductAttention(q, k, k, mask: Tensor.range(5)),
      "scaledDotProductAttention needs \(masks), got i32[5]; convert with cast(to: .bool)")
  }
}
