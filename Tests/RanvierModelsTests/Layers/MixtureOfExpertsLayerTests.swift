import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct MixtureOfExpertsLayerTests {
  @Test(.tags(.golden)) func `equals a loop in PyTorch, with all derivatives`() throws {
    try expectTransformerGolden(
      "experts", cases: 3,
      path: { $0 == "router_kernel" ? "m/router/kernel" : "m/experts/\($0)" }
    ) { inputs, options, v in
      inputs["input"]!.mixtureOfExperts(
        v["router_kernel"].shape[1], chosen: options.chosen ?? 1,
        hidden: v["output_kernel"].shape[1], activation: options.activationValue,
        isGated: options.gated ?? false, useBias: v.contains("hidden_bias"), name: "m")
    }
  }

  let x = Model.input("x", shape: [nil, nil, 4])

  @Test func `declares kernels of all experts in one`() throws {
    let model = x.mixtureOfExperts(3, hidden: 5, isGated: true).mixtureOfExperts(3, hidden: 5)
    let (initialize, _) = try model.build()
    let parameters = try initialize(seed: 1).parameters
    let first = parameters.scope("mixture_of_experts_0")
    #expect(
      first.map { "\($0) \($1.shape)" } == [
        "router/kernel [4, 3]", "experts/hidden_kernel [3, 4, 10]", "experts/hidden_bias [3, 10]",
        "experts/output_kernel [3, 5, 4]", "experts/output_bias [3, 4]",
      ])
    #expect(parameters.scope("mixture_of_experts_1").count == 5)
    #expect(try model.outputShape() == [nil, nil, 4])
    // Glorot's limit is that of one expert's kernel.
    let limit = (6.0 / 9).squareRoot()
    let largest = abs(first["experts/output_kernel"]).max().scalar(as: Double.self)
    #expect(largest <= limit && largest > 0.8 * limit)
  }

  @Test func `bf16 products choose the same experts`() throws {
    let model = x.mixtureOfExperts(8, hidden: 6, name: "m")
    let (initialize, predict) = try model.build(precision: .mixedBFloat16)
    let (state, values) = (try initialize(seed: 1), randomInput([4, 50, 4]))
    let (narrow, full) = (
      try predict(state, values), try model.build().predict(state, values)
    )
    #expect(narrow.elementType == .float32 && narrow != full)
    expectClose(narrow, full, relative: 0.05, absolute: 0.05)
  }

  @Test func `shows its options`() throws {
    let rows = try x.mixtureOfExperts(4, chosen: 1, hidden: 6, activation: .silu, isGated: true)
      .summary().rows
    #expect(rows[1].options == ["experts: 4", "chosen: 1"])
    #expect(rows[2].options == ["hidden: 6", "activation: silu", "gated: true"])
  }

  @Test func `refuses what does not fit`() {
    for (chosen, experts) in [(0, 3), (4, 3), (1, 0)] {
      let problems = x.mixtureOfExperts(experts, chosen: chosen, hidden: 2).problems()
      #expect(problems.first?.rule == "at least one and at most all experts that are chosen")
      #expect(problems.first?.got == "\(chosen) of \(experts)")
    }
    expectProblem(
      x.mixtureOfExperts(3, hidden: 0), rule: "at least one hidden feature", got: "0")
    let problems = Model.input(shape: [nil, nil]).mixtureOfExperts(3, hidden: 2).problems()
    #expect(problems.first?.rule.contains("known features") ?? false)
  }
}
