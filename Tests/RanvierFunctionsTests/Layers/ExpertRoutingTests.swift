import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ExpertRoutingTests {
  @Test(.tags(.golden)) func `balance equals the formula in PyTorch`() throws {
    try expectTransformerGolden("balance", cases: 3) { tensors, options in
      loadBalancing(tensors["logits"], chosen: options.chosen ?? 1)
    }
  }

  let scores = RandomKey(seed: 3).normal([4, 3, 6], elementType: .float64)

  @Test(arguments: [1, 2, 6]) func `the largest scores share a weight of 1`(chosen: Int) {
    let weights = expertWeights(scores, chosen: chosen)
    #expect(weights.shape == scores.shape)
    expectClose(weights.sum(alongAxes: [-1]), Tensor.ones([4, 3]), relative: 1e-12)
    let isChosen = greater(weights, 0)
    #expect(
      isChosen.cast(to: .int32).sum(alongAxes: [-1])
        == Tensor(repeating: Double(chosen), shape: [4, 3], elementType: .int32))
    // A softmax of the chosen scores alone.
    expectClose(
      weights, softmax(select(isChosen, scores, -Double.infinity)), relative: 1e-12,
      absolute: 1e-15)
  }

  @Test func `of equal and of extreme scores as many are chosen`() {
    #expect(expertWeights(Tensor.zeros([4]), chosen: 2) == Tensor([0.5, 0.5, 0, 0] as [Float]))
    let far = Tensor([1e4, -1e4, -Float.infinity, 1e4] as [Float])
    #expect(expertWeights(far, chosen: 2) == Tensor([0.5, 0, 0, 0.5] as [Float]))
    #expect(expertWeights(far, chosen: 3) == Tensor([0.5, 0, 0, 0.5] as [Float]))
    let short = expertWeights(scores.cast(to: .bfloat16), chosen: 2)
    #expect(short.elementType == .bfloat16)
  }

  @Test func `balance is 1 for even choices and largest where one expert is always chosen`() {
    let even = 50 * Tensor.identity(4)
    expectClose(loadBalancing(even, chosen: 1), Tensor(1.0), relative: 1e-5)
    let uneven = Tensor([[100, 0, 0, 0], [100, 0, 0, 0]] as [[Float]])
    expectClose(loadBalancing(uneven, chosen: 1), Tensor(4.0), relative: 1e-5)
    expectClose(loadBalancing(uneven, chosen: 4), Tensor(1.0), relative: 1e-5)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences, compiled as well`()
    throws
  {
    let single = scores.cast(to: .float32)
    expectGradientsMatch(at: [scores], "weights") { expertWeights($0[0], chosen: 3) }
    expectGradientsMatch(at: [scores], "balance") { loadBalancing($0[0], chosen: 2) }
    try expectCompiledMatches(at: [single], "weights") { expertWeights($0[0], chosen: 3) }
    try expectCompiledMatches(at: [single], "balance") { loadBalancing($0[0], chosen: 2) }
  }

  @Test func `says what does not fit`() {
    let rule = "needs floating-point scores [..., experts], of which one to all are chosen, got"
    for chosen in [0, 7] {
      expectError(
        expertWeights(scores, chosen: chosen),
        "expertWeights \(rule) f64[4, 3, 6] and \(chosen) chosen")
      expectError(
        loadBalancing(scores, chosen: chosen),
        "loadBalancing \(rule) f64[4, 3, 6] and \(chosen) chosen")
    }
    expectError(
      expertWeights(Tensor.range(3), chosen: 1), "expertWeights \(rule) i32[3] and 1 chosen")
  }
}
