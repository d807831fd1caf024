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

  @Test func `heads may share keys and values, and have sizes of their own`() throws {
    let grouped = try x.multiHeadAttention(
      heads: 4, keyValueHeads: 2, headFeatures: 5, outputFeatures: 7
    ).outputSignature()
    #expect(grouped.output.shape == [nil, nil, 7])
    #expect(grouped.parameters.map(\.shape) == [[6, 40], [40], [20, 7], [7]])
    let memory = Model.input("memory", shape: [nil, 9, 4])
    let toMemory = try x.multiHeadAttention(
      heads: 4, keyValueHeads: 1, headFeatures: 3, to: memory, useBias: false
    ).outputSignature()
    #expect(toMemory.parameters.map(\.shape) == [[6, 12], [4, 3], [4, 3], [12, 6]])

    let model = x.multiHeadAttention(
      heads: 4, keyValueHeads: 2, headFeatures: 5, outputFeatures: 7, isCausal: true, name: "a")
    let (initialize, predict) = try model.build()
    let (state, values) = (try initialize(seed: 2), randomInput([2, 5, 6]))
    let p = state.parameters.scope("a")
    let parts = dense(values, p["kernel"], p["bias"]).split(sizes: [20, 10, 10], alongAxis: -1)
    expectClose(
      try predict(state, values),
      dense(
        multiHeadAttention(
          parts[0], parts[1], parts[2], heads: 4, keyValueHeads: 2, isCausal: true),
        p["output_kernel"], p["output_bias"]))
  }

  @Test func `drops weights while training only`() throws {
    let model = x.multiHeadAttention(heads: 2, dropoutRate: 0.4)
    let (initialize, train) = try model.build(mode: .training)
    let (state, values) = (try initialize(seed: 1), randomInput([2, 5, 6]))
    let first = try train(state, values, key: RandomKey(seed: 1)).output
    #expect(try train(state, values, key: RandomKey(seed: 1)).output == first)
    #expect(try train(state, values, key: RandomKey(seed: 2)).output != first)
    let plain = try x.multiHeadAttention(heads: 2).output(for: values)
    expectClose(try model.output(for: values), plain)
    #expect(abs(first - plain).max().scalar(as: Float.self) > 1e-3)
  }

  @Test func `bf16 products are close, with every option`() throws {
    let plain = Model.input("x", shape: [nil, nil, 8])
    let models = [
      plain.multiHeadAttention(heads: 4, keyValueHeads: 2, positions: .rotary()),
      plain.multiHeadAttention(heads: 4, isCausal: true, positions: .linearBias),
    ]
    for model in models {
      let (initialize, predict) = try model.build(precision: .mixedBFloat16)
      let (state, values) = (try initialize(seed: 1), randomInput([2, 5, 8]))
      let (narrow, full) = (try predict(state, values), try model.output(for: values))
      #expect(narrow.elementType == .float32 && narrow != full)
      expectClose(narrow, full, relative: 0.03, absolute: 0.03)
    }
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
    let all = x.multiHeadAttention(
      heads: 4, keyValueHeads: 2, headFeatures: 8, outputFeatures: 5, dropoutRate: 0.1,
      useBias: false)
    #expect(
      try all.summary().rows[1].options == [
        "heads: 4", "key-value heads: 2", "head features: 8", "output features: 5", "dropout: 0.1",
        "use bias: false",
      ])
  }

  @Test func `refuses inputs and options that do not fit`() {
    for heads in [0, 4, -1] {
      expectProblem(
        x.multiHeadAttention(heads: heads), rule: "heads that divides the features",
        got: "\(heads) heads of [nil, nil, 6]")
    }
    for shared in [0, 2, 6] {
      expectProblem(
        x.multiHeadAttention(heads: 3, keyValueHeads: shared),
        rule: "heads of keys and values that divides", got: "\(shared) of 3")
    }
    expectProblem(
      x.multiHeadAttention(heads: 3, headFeatures: 0), rule: "at least one feature",
      got: "head features 0, output features 6")
    expectProblem(
      x.multiHeadAttention(heads: 3, outputFeatures: -1), rule: "at least one feature",
      got: "head features 2, output features -1")
    expectProblem(
      x.multiHeadAttention(heads: 3, dropoutRate: 1), rule: "dropout rate in 0 ..< 1", got: "1.0")
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
