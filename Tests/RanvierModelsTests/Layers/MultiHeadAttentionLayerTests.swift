import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct MultiHeadAttentionLayerTests {
  struct Options: Decodable {
    var heads: Int?
    var causal: Bool
  }

  @Test(.tags(.golden)) func `equals PyTorch's layer, with all derivatives`() throws {
    let golden = try Golden("attention")
    var found = 0
    for name in golden.cases {
      let options = try golden.options(name, as: Options.self)
      guard let heads = options.heads else { continue }
      let tensors = golden.tensors(name)
      let hasMemory = tensors.contains("memory")
      let x = Model.input("input", shape: DynamicShape(tensors["input"].shape))
      let memory =
        hasMemory ? Model.input("memory", shape: DynamicShape(tensors["memory"].shape)) : nil
      let model = x.multiHeadAttention(
        heads: heads, to: memory, isCausal: options.causal,
        useBias: tensors.contains("output_bias"), name: "a")
      let paths = try model.parameterPaths()
      let predict = try model.build().predict
      let inputs = ["input"] + (hasMemory ? ["memory"] : [])
      let names = inputs + paths.map { String($0.dropFirst(2)) }
      #expect(names.count == tensors.paths.count { $0.hasSuffix("_gradient") }, "\(name)")
      func output(_ point: [Tensor]) throws -> Tensor {
        var (parameters, given) = (Parameters(), Parameters())
        for (name, tensor) in zip(names, point) {
          if inputs.contains(name) {
            given[name] = tensor
          } else {
            parameters["a/\(name)"] = tensor
          }
        }
        return try predict(ModelState(parameters: parameters), given)
      }
      let point = names.map { tensors[$0] }
      expectClose(try output(point), tensors["output"], absolute: 2e-6, name)
      let gradients = try gradient(at: point) { (try output($0) * tensors["cotangent"]).sum() }
      for (what, slope) in zip(names, gradients) {
        expectClose(slope, tensors["\(what)_gradient"], absolute: 5e-6, "\(name), \(what)")
      }
      found += 1
    }
    #expect(found == 5)
  }

  let x = Model.input("x", shape: [nil, nil, 6])

  @Test func `declares one kernel for queries, keys and values of one input`() throws {
    let signature = try x.multiHeadAttention(heads: 3).outputSignature()
    #expect(signature.output.shape == [nil, nil, 6])
    #expect(signature.parameters.map(\.name) == ["kernel", "bias", "output_kernel", "output_bias"])
    #expect(signature.parameters.map(\.shape) == [[6, 18], [18], [6, 6], [6]])
    let plain = try x.multiHeadAttention(heads: 2, useBias: false).outputSignature()
    #expect(plain.parameters.map(\.name) == ["kernel", "output_kernel"])
  }

  @Test func `declares kernels of their own for a memory`() throws {
    let memory = Model.input("memory", shape: [nil, 9, 4])
    let signature = try x.multiHeadAttention(heads: 3, to: memory, useBias: false)
      .outputSignature()
    #expect(signature.output.shape == [nil, nil, 6])
    #expect(
      signature.parameters.map(\.name)
        == ["query_kernel", "key_kernel", "value_kernel", "output_kernel"])
    #expect(signature.parameters.map(\.shape) == [[6, 6], [4, 6], [4, 6], [6, 6]])
  }

  @Test func `a mask for keys or for pairs decides what is seen`() throws {
    let values = randomInput([2, 4, 6])
    let keys = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (initialize, predict) = try x.multiHeadAttention(heads: 2, mask: keys).build()
    let state = try initialize(seed: 1)
    let seen = Tensor([[true, true, false, false], [true, true, false, false]])
    let masked = try predict(state, ["x": values, "mask": seen])
    let alone = try predict(
      state,
      [
        "x": values[.all, 0 ..< 2],
        "mask": Tensor(repeating: 1, shape: [2, 2], elementType: .bool),
      ])
    expectClose(masked[.all, 0 ..< 2], alone)

    let pairs = Model.input("mask", shape: [nil, 4, 4], elementType: .bool)
    let causal = greaterOrEqual(
      Tensor.range(4).reshaped(to: [1, 4, 1]), Tensor.range(4).reshaped(to: [1, 1, 4])
    ).broadcast(to: [2, 4, 4])
    let byMask = try x.multiHeadAttention(heads: 2, mask: pairs).build().predict
    let byOption = try x.multiHeadAttention(heads: 2, isCausal: true).build().predict
    expectClose(try byMask(state, ["x": values, "mask": causal]), try byOption(state, values))
  }

  @Test func `compiled equals eager, with derivatives`() throws {
    let (x, kernel) = (randomInput([2, 5, 6]), randomInput([6, 18], salt: "kernel"))
    let mask = Tensor([true, true, true, false, true])
    try expectCompiledMatches(at: [x, kernel], "self-attention") {
      multiHeadAttention(projections: dense($0[0], $0[1]), heads: 3, isCausal: true)
    }
    try expectCompiledMatches(at: [x, x + 1, x * 0.5], "mask") {
      multiHeadAttention($0[0], $0[1], $0[2], heads: 2, mask: mask)
    }
  }

  @Test func `shows its options and counts its parameters`() throws {
    let summary = try x.multiHeadAttention(heads: 2, isCausal: true).summary()
    #expect(summary.rows[1].options == ["heads: 2", "causal: true"])
    #expect(summary.rows[1].path == "multi_head_attention_0")
    #expect(summary.parameterCount == 6 * 18 + 18 + 36 + 6)
  }

  @Test func `refuses inputs and options that do not fit`() {
    for heads in [0, 4, -1] {
      expectProblem(
        x.multiHeadAttention(heads: heads), rule: "heads that divides the features",
        got: "\(heads) heads of [nil, nil, 6]")
    }
    expectProblem(
      Model.input(shape: [nil, 6]).multiHeadAttention(heads: 2), rule: "[batch, tokens, features]",
      got: "[nil, 6]")
    expectProblem(
      x.multiHeadAttention(heads: 2, to: .input(shape: [nil, 3, nil])), rule: "known features",
      got: "[nil, 3, nil]")
    expectProblem(
      x.multiHeadAttention(heads: 2, mask: .input(shape: [nil, nil], elementType: .int32)),
      rule: "mask [batch, keys]", got: "i32[nil, nil]", hint: ".bool")
    expectProblem(
      Model.input(shape: [nil, 5, 6]).multiHeadAttention(
        heads: 2, mask: .input(shape: [nil, 4], elementType: .bool)),
      rule: "mask [batch, keys]", got: "bool[nil, 4]")
    expectProblem(
      Model.input(shape: [nil, 5, 6], elementType: .int32).multiHeadAttention(heads: 2),
      rule: "floating-point", got: "i32[nil, 5, 6]")
  }
}
