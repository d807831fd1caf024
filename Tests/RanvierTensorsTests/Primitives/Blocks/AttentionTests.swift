import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Attention as one block against the same by operations on all scores at once.
@Suite struct AttentionTests {
  /// Operands of an attention, and its options.
  struct Problem: CustomStringConvertible {
    var attention: Attention
    /// Queries, keys and values, or the one tensor with all three.
    var tensors: [Tensor]
    var mask: Tensor?

    var operands: [Tensor] { tensors + (mask.map { [$0] } ?? []) }
    var description: String {
      "\(attention) of \(operands.map(\.type.description).joined(separator: ", ")), \(seedNote())"
    }

    init(_ attention: Attention, _ tensors: [Tensor], mask: Tensor? = nil) {
      self.attention = attention
      self.tensors = tensors
      self.mask = mask
    }

    /// A problem of given sizes; what is left is drawn.
    init(queries: Int, keys: Int, share: Int, using generator: inout TestGenerator) {
      let isPacked = queries == keys && Bool.random(using: &generator)
      let heads = Int.random(in: 1 ... 3, using: &generator)
      let outputs =
        isPacked ? share : [share, 7, 32, 70].randomElement(using: &generator) ?? share
      let shapes: [Shape] =
        isPacked
        ? [[2, queries, 3 * heads, share]]
        : [[2, queries, heads, share], [2, keys, heads, share], [2, keys, heads, outputs]]
      tensors = shapes.map { Tensor.random($0, from: -2, to: 2, using: &generator) }
      if Bool.random(using: &generator) {
        // Some queries see no key.
        let sizes = [2, heads, queries, keys].map { Bool.random(using: &generator) ? $0 : 1 }
        mask = greater(Tensor.random(Shape(sizes), using: &generator), -0.4)
      }
      attention = Attention(
        isPacked: isPacked, isCausal: Bool.random(using: &generator), hasMask: mask != nil,
        scale: Double.random(in: -1 ... 1, using: &generator))
    }

    func cast(to type: ElementType) -> Problem {
      Problem(attention, tensors.map { $0.cast(to: type) }, mask: mask)
    }

    func output(_ tensors: [Tensor]) -> Tensor {
      applyAll(attention, tensors + (mask.map { [$0] } ?? []))[0]
    }

    /// The output by plain operations.
    func composed(_ tensors: [Tensor]) -> Tensor {
      let parts = attention.isPacked ? tensors[0].split(into: 3, alongAxis: 2) : tensors
      let (query, key, value) = (
        parts[0].swappedAxes(1, 2), parts[1].swappedAxes(1, 2), parts[2].swappedAxes(1, 2)
      )
      var scores = matmul(query, key.swappedAxes(2, 3)) * attention.scale
      var isVisible = mask ?? Tensor(true)
      if attention.isCausal {
        let (queries, keys) = (Tensor.range(scores.shape[2]), Tensor.range(scores.shape[3]))
        let isPast = lessOrEqual(keys, queries.expandedDimension(at: 1))
        isVisible = bitwiseAnd(isVisible, isPast)
      }
      scores = select(isVisible, scores, -1e30)
      let powers = select(
        isVisible, exp(scores - stopGradient(scores.max(alongAxes: [3], keepingAxes: true))), 0)
      let sums = powers.sum(alongAxes: [3], keepingAxes: true)
      let weights = powers / select(equal(sums, 0), 1, sums)
      return matmul(weights, value).swappedAxes(1, 2)
    }
  }

  /// Several tokens, shares and blocks; more queries than a block has.
  static func problems(_ salt: String) -> [Problem] {
    var generator = TestGenerator(salt: salt)
    return [
      (1, 1, 5), (1, 37, 16), (37, 1, 5), (37, 37, 16), (130, 130, 32), (130, 130, 5),
      (67, 130, 64), (130, 37, 16), (66, 66, 64), (37, 37, 5), (5, 700, 16), (300, 300, 8),
    ].map { Problem(queries: $0, keys: $1, share: $2, using: &generator) }
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `the block equals its composition`(_ type: ElementType) {
    let tolerance = type == .float32 ? 1e-5 : 1e-12
    for problem in Self.problems("attention values") {
      let result = problem.cast(to: type)
      expectClose(
        result.output(result.tensors), problem.composed(problem.tensors).cast(to: type),
        relative: tolerance, absolute: tolerance, "\(problem)")
    }
  }

  @Test(.tags(.gradient), arguments: [ElementType.float32, .float64])
  func `gradients equal those of the composition`(_ type: ElementType) {
    var generator = TestGenerator(salt: "attention cotangents")
    for problem in Self.problems("attention gradients") {
      let exact = problem.composed(problem.tensors)
      let cotangent = Tensor.random(exact.shape, using: &generator)
      let expected = gradient(at: problem.tensors) { (problem.composed($0) * cotangent).sum() }
      let wanted = problem.cast(to: type)
      let results = gradient(at: wanted.tensors) {
        (wanted.output($0) * cotangent.cast(to: type)).sum()
      }
      for (result, reference) in zip(results, expected) {
        // Sums over the queries grow with their number.
        let largest = reference.count == 0 ? 0 : abs(reference).max().scalar(as: Double.self)
        let tolerance = (type == .float32 ? 1e-5 : 1e-12) * Swift.max(1, largest)
        expectClose(
          result, reference.cast(to: type), relative: 0, absolute: tolerance, "\(problem)")
      }
    }
  }

  @Test(.tags(.gradient)) func `second derivatives are those of finite differences`() {
    var generator = TestGenerator(salt: "attention second derivatives")
    for (queries, keys) in [(3, 3), (2, 4), (4, 4), (5, 2)] {
      let problem = Problem(queries: queries, keys: keys, share: 3, using: &generator)
      expectGradientsMatch(at: problem.tensors, order: 2, "\(problem)") { problem.output($0) }
      // The logarithms of sums have derivatives of their own.
      expectGradientsMatch(at: problem.tensors, order: 2, "sums of \(problem)") { point in
        applyAll(problem.attention, point + (problem.mask.map { [$0] } ?? []))[1]
      }
    }
  }

  @Test(arguments: [ElementType.float16, .bfloat16])
  func `16 bits are computed in f32 and rounded once`(_ type: ElementType) {
    let tolerance = type == .float16 ? 1e-3 : 8e-3
    for problem in Self.problems("narrow attention") {
      let narrow = problem.cast(to: type)
      let wide = narrow.cast(to: .float32)
      let results = applyAll(problem.attention, narrow.operands)
      let exact = applyAll(problem.attention, wide.operands)
      #expect(results.map(\.elementType) == [type, .float32], "\(problem)")
      expectClose(results[0], exact[0].cast(to: type), relative: 0, absolute: 0, "\(problem)")
      #expect(results[1] == exact[1], "\(problem)")
      let gradients = gradient(at: narrow.tensors) {
        narrow.output($0).cast(to: .float32).sum()
      }
      let expected = gradient(at: wide.tensors) { wide.output($0).sum() }
      for (result, reference) in zip(gradients, expected) {
        #expect(result.elementType == type, "\(problem)")
        // The deltas come from outputs that have been rounded.
        let largest = Swift.max(1, abs(reference).max().scalar(as: Double.self))
        expectClose(
          result.cast(to: .float32), reference, relative: 0, absolute: tolerance * largest * 4,
          "\(problem)")
      }
    }
  }

  @Test func `threads change nothing`() {
    let before = ck_thread_count()
    defer { ck_set_thread_count(before) }
    for type in [ElementType.float32, .float64] {
      for problem in Self.problems("attention threads") {
        let problem = problem.cast(to: type)
        func results() -> [Tensor] {
          applyAll(problem.attention, problem.operands)
            + gradient(at: problem.tensors) { problem.output($0).sum() }
        }
        ck_set_thread_count(1)
        let expected = results()
        for threads: Int32 in [2, 3] {
          ck_set_thread_count(threads)
          #expect(results() == expected, "\(threads) threads, \(problem)")
        }
      }
    }
  }

  @Test func `queries without keys give zeros, and what they do not see has no influence`() {
    var generator = TestGenerator(salt: "attention without keys")
    for type in [ElementType.float32, .float64] {
      let tensors = [[1, 40, 2, 5], [1, 9, 2, 5], [1, 9, 2, 3]].map {
        Tensor.random(Shape($0), using: &generator).cast(to: type)
      }
      // The first 17 queries see nothing, the others all but the last key.
      let isSeen = bitwiseAnd(
        greaterOrEqual(Tensor.range(40), 17).reshaped(to: [1, 1, 40, 1]),
        less(Tensor.range(9), 8).reshaped(to: [1, 1, 1, 9]))
      let problem = Problem(
        Attention(isPacked: false, isCausal: false, hasMask: true, scale: 0.5), tensors,
        mask: isSeen)
      let results = applyAll(problem.attention, problem.operands)
      #expect(results[0][.all, 0 ..< 17] == Tensor.zeros([1, 17, 2, 3], elementType: type))
      #expect(results[1][.all, 0 ..< 17] == Tensor.zeros([1, 17, 2], elementType: type))
      let slopes = gradient(at: tensors) { problem.output($0).sum() }
      #expect(slopes[0][.all, 0 ..< 17] == Tensor.zeros([1, 17, 2, 5], elementType: type))
      #expect(slopes[1][.all, 8] == Tensor.zeros([1, 2, 5], elementType: type))
      #expect(slopes[2][.all, 8] == Tensor.zeros([1, 2, 3], elementType: type))
      #expect(slopes.allSatisfy { isFinite($0).all().scalar(as: Bool.self) })
      // Not even if the scores are no numbers.
      var key = tensors[1]
      key[.all, 8] = Tensor(Double.nan).cast(to: type)
      #expect(problem.output([tensors[0], key, tensors[2]]) == results[0])
    }
  }

  @Test func `scores beyond what exp can take are no problem`() {
    var generator = TestGenerator(salt: "large attention")
    for type in [ElementType.float32, .float64] {
      let x = (Tensor.random([1, 50, 3, 8], using: &generator) * 1e3).cast(to: type)
      let problem = Problem(
        Attention(isPacked: true, isCausal: true, hasMask: false, scale: 1), [x])
      let slopes = gradient(at: [x]) { problem.output($0).sum() }
      #expect(isFinite(problem.output([x])).all().scalar(as: Bool.self))
      #expect(isFinite(slopes[0]).all().scalar(as: Bool.self))
      // A query and a key that are no numbers reach that query and the later ones.
      var broken = x
      broken[.all, 7, 0 ..< 2] = Tensor(Double.nan).cast(to: type)
      let output = problem.output([broken])
      #expect(isFinite(output[.all, 0 ..< 7]).all().scalar(as: Bool.self))
      #expect(isNaN(output[.all, 7 ..< 50]).all().scalar(as: Bool.self))
    }
  }

  @Test func `operands that do not fit together are named`() {
    let x = Tensor.ones([2, 3, 2, 4])
    let mask = Tensor.ones([2, 1, 4, 3], elementType: .bool)
    func error(_ attention: Attention, _ operands: [Tensor]) -> String? {
      applyAll(attention, operands)[0].error?.message
    }
    let plain = Attention(isPacked: false, isCausal: false, hasMask: false, scale: 1)
    let packed = Attention(isPacked: true, isCausal: false, hasMask: false, scale: 1)
    let masked = Attention(isPacked: false, isCausal: false, hasMask: true, scale: 1)
    #expect(
      error(plain, [x, x, x[.all, 0 ..< 2]]) == """
        scaledDotProductAttention needs floating-point numbers of one type: query [batch, queries, \
        heads, share], key [batch, keys, heads, share] and value [batch, keys, heads, outputs], got \
        f32[2, 3, 2, 4], f32[2, 3, 2, 4], f32[2, 2, 2, 4]
        """)
    #expect(
      error(packed, [x]) == """
        scaledDotProductAttention needs floating-point numbers [batch, tokens, 3 * heads, share], \
        got f32[2, 3, 2, 4]
        """)
    #expect(
      error(masked, [x, x, x, mask]) == """
        scaledDotProductAttention needs a mask of truth values each of whose axes is 1 or that of \
        [2, 2, 3, 3], got bool[2, 1, 4, 3]
        """)
    let sums = Tensor.ones([2, 3, 2])
    #expect(
      applyAll(AttentionGradient(plain), [x, x, x, sums, sums, sums])[0].error?.message == """
        scaledDotProductAttention needs sums, deltas and gradients f32[2, 3, 2], f32[2, 3, 2], \
        f32[2, 3, 2, 4], got f32[2, 3, 2], f32[2, 3, 2], f32[2, 3, 2]
        """)
  }
}
