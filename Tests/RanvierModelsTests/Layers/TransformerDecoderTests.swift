import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct TransformerDecoderTests {
  @Test(.tags(.golden)) func `equals PyTorch's layer, with all derivatives`() throws {
    try expectTransformerGolden(
      "decoder", cases: 3, path: { "b/\($0.replacing(".", with: "/"))" }
    ) { inputs, options, _ in
      inputs["input"]!.transformerDecoder(
        TransformerBlock(
          heads: options.heads ?? 1, hidden: options.hidden ?? 1,
          activation: options.activationValue, normalizesFirst: options.first ?? true),
        to: inputs["memory"]!, memoryMask: inputs["mask"], name: "b")
    }
  }

  let x = Model.input("x", shape: [nil, nil, 8])
  let memory = Model.input("memory", shape: [nil, nil, 6])
  let block = TransformerBlock(heads: 2, hidden: 12, positions: .rotary())

  @Test func `blocks have scopes of their own, and kernels for the memory's features`() throws {
    let model = x.transformerDecoder(block, to: memory, layers: 2)
    let parts = ["attention", "memory_attention", "feed_forward"].flatMap {
      ["\($0)_norm", $0, "\($0)_sum"]
    }
    #expect(
      try model.paths()
        == ["x", "memory"]
        + (0 ..< 2).flatMap { number in
          parts.map { "transformer_decoder_\(number)/\($0)" }
        })
    #expect(try model.outputShape() == [nil, nil, 8])
    let (initialize, _) = try model.build()
    let parameters = try initialize(seed: 1).parameters
    #expect(parameters["transformer_decoder_1/memory_attention/key_kernel"].shape == [6, 8])
    #expect(parameters["transformer_decoder_0/memory_attention/query_kernel"].shape == [8, 8])
    #expect(parameters["transformer_decoder_0/attention/kernel"].shape == [8, 24])
  }

  @Test func `sees all of the memory, and of itself what was before`() throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (initialize, predict) = try x.transformerDecoder(
      block, to: memory, layers: 2, memoryMask: mask
    ).build()
    let state = try initialize(seed: 2)
    let (values, memories) = (randomInput([1, 5, 8]), randomInput([1, 4, 6], salt: "memory"))
    func output(_ x: Tensor, _ memory: Tensor) throws -> Tensor {
      try predict(
        state, ["x": x, "memory": memory, "mask": Tensor([[true, false, true, true]])])
    }
    let expected = try output(values, memories)
    var later = values
    later[.all, 3 ..< 5] = Tensor(2.0)
    let changed = try output(later, memories)
    #expect(changed[.all, 0 ..< 3] == expected[.all, 0 ..< 3] && changed != expected)
    var (hidden, seen) = (memories, memories)
    hidden[.all, 1] = Tensor(40.0)
    seen[.all, 3] = Tensor(40.0)
    #expect(try output(values, hidden) == expected)
    #expect(try output(values, seen)[.all, 0] != expected[.all, 0])
  }

  @Test func `masks also what the sequence sees of itself`() throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (initialize, predict) = try x.transformerDecoder(block, to: memory, mask: mask).build()
    let state = try initialize(seed: 2)
    let memories = randomInput([1, 4, 6], salt: "memory")
    var values = randomInput([1, 5, 8])
    func output() throws -> Tensor {
      try predict(
        state,
        ["x": values, "memory": memories, "mask": Tensor([[true, false, true, true, true]])])
    }
    let expected = try output()
    values[.all, 1] = Tensor(5.0)
    let changed = try output()
    #expect(changed[.all, 2 ..< 5] == expected[.all, 2 ..< 5])
    #expect(changed[.all, 1] != expected[.all, 1])
  }

  @Test func `problems name the layer`() {
    expectProblem(
      x.transformerDecoder(block, to: .input("memory", shape: [nil, 6])),
      rule: "sequences [batch, tokens, features]", got: "[nil, 6]")
  }
}
