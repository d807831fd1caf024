import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct AttentionPositionsTests {
  let x = Model.input("x", shape: [nil, nil, 8])
  let values = randomInput([2, 5, 8])

  /// A layer's output, and what functions make of its parameters.
  func outputs(
    _ model: Model, _ mixed: (_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor
  ) throws -> (layer: Tensor, functions: Tensor) {
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 3)
    let p = state.parameters.scope("a")
    let whole = dense(values, p["kernel"], p["bias"])
    let share = (whole.shape[-1] - 8) / 2
    let parts = whole.split(sizes: [8, share, share], alongAxis: -1)
    let output = dense(
      mixed(parts[0], parts[1], parts[2]), p["output_kernel"], p["output_bias"])
    return (try predict(state, values), output)
  }

  @Test(arguments: [FeaturePairing.halves, .neighbors])
  func `rotary positions turn queries and keys of each head`(pairing: FeaturePairing) throws {
    let (layer, functions) = try outputs(
      x.multiHeadAttention(
        heads: 2, keyValueHeads: 1, isCausal: true, positions: .rotary(base: 100, pairing: pairing),
        name: "a")
    ) {
      multiHeadAttention(
        rotaryPositions($0, heads: 2, base: 100, pairing: pairing),
        rotaryPositions($1, heads: 1, base: 100, pairing: pairing), $2, heads: 2, keyValueHeads: 1,
        isCausal: true)
    }
    expectClose(layer, functions)
    let without = try x.multiHeadAttention(heads: 2, keyValueHeads: 1, isCausal: true, name: "a")
      .output(for: values, seed: 3)
    expectClose(layer[.all, 0], without[.all, 0])
    #expect(abs(layer - without).max().scalar(as: Float.self) > 0.01)
  }

  @Test func `linear biases are added in each head`() throws {
    let (layer, functions) = try outputs(
      x.multiHeadAttention(heads: 4, positions: .linearBias, name: "a")
    ) {
      multiHeadAttention(
        $0, $1, $2, heads: 4, mask: linearPositionBias(heads: 4, queries: 5, keys: 5))
    }
    expectClose(layer, functions)
  }

  @Test(arguments: [AttentionPositions.rotary(), .linearBias])
  func `masks and causality hold as without positions`(positions: AttentionPositions) throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (initialize, predict) = try x.multiHeadAttention(
      heads: 2, mask: mask, isCausal: true, positions: positions
    ).build()
    let state = try initialize(seed: 1)
    let isSeen = Tensor([[true, false, true, true, true], [false, true, true, true, true]])
    func output(_ values: Tensor) throws -> Tensor {
      try predict(state, ["x": values, "mask": isSeen])
    }
    var (hidden, later) = (values, values)
    hidden[0, 1] = Tensor(50.0)
    later[.all, 3 ..< 5] = Tensor(9.0)
    let expected = try output(values)
    #expect(try output(hidden)[0, 2 ..< 5] == expected[0, 2 ..< 5])
    #expect(try output(later)[.all, 0 ..< 3] == expected[.all, 0 ..< 3])
    #expect(try output(later) != expected)
    // The first token of the second example sees nothing, so that the bias alone is left.
    #expect(expected[1, 0] == Tensor.zeros([8]))
  }

  @Test func `numbers as a mask are added to linear biases`() throws {
    let mask = Model.input("mask", shape: [nil, nil, nil])
    let numbers = randomInput([2, 5, 5], salt: "mask")
    let (initialize, predict) = try x.multiHeadAttention(
      heads: 2, mask: mask, positions: .linearBias, useBias: false, name: "a"
    ).build()
    let state = try initialize(seed: 1)
    let parts = dense(values, state.parameters["a/kernel"]).split(into: 3, alongAxis: -1)
    let bias = linearPositionBias(heads: 2, queries: 5, keys: 5)
    let expected = multiHeadAttention(
      parts[0], parts[1], parts[2], heads: 2, mask: bias + numbers.expandedDimension(at: 1))
    expectClose(
      try predict(state, ["x": values, "mask": numbers]),
      dense(expected, state.parameters["a/output_kernel"]))
  }

  @Test func `is shown as an option`() throws {
    func shown(_ positions: AttentionPositions) throws -> [String] {
      try x.multiHeadAttention(heads: 2, positions: positions).summary().rows[1].options
    }
    #expect(try shown(.rotary()) == ["heads: 2", "positions: rotary"])
    #expect(
      try shown(.rotary(base: 500, pairing: .neighbors))
        == ["heads: 2", "positions: rotary(base: 500.0, pairing: neighbors)"])
    #expect(try shown(.linearBias) == ["heads: 2", "positions: linear bias"])
  }

  @Test func `refuses what does not fit`() {
    expectProblem(
      x.multiHeadAttention(heads: 8, positions: .rotary()), rule: "even number of features",
      got: "head features 1, base 10000.0")
    expectProblem(
      x.multiHeadAttention(heads: 2, positions: .rotary(base: -1)), rule: "positive base",
      got: "head features 4, base -1.0")
    expectProblem(
      x.multiHeadAttention(heads: 2, to: x, positions: .linearBias),
      rule: "attends to itself", got: "linear bias with a memory", hint: "both sequences")
  }
}
