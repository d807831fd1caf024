import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct LayerNormLayerTests {
  let input = Model.input(shape: [nil, 3, 4])

  @Test func `declares scale and offset with the sizes of the axes`() throws {
    let signature = try input.layerNorm().outputSignature()
    #expect(signature.output.shape == [nil, 3, 4])
    #expect(signature.parameters.map(\.name) == ["scale", "offset"])
    #expect(signature.parameters.map(\.shape) == [[4], [4]])
    #expect(try input.layerNorm(axes: [-1, 1]).outputSignature().parameters[0].shape == [3, 4])
    let rms = try input.rmsNorm().outputSignature()
    #expect(rms.parameters.map(\.name) == ["scale"] && rms.state.isEmpty)
  }

  @Test func `computes the functions, from ones and zeros`() throws {
    let x = randomInput([5, 3, 4]) * 3 + 1
    expectClose(try input.layerNorm(epsilon: 1e-2).output(for: x), layerNorm(x, epsilon: 1e-2))
    expectClose(try input.layerNorm(axes: [1]).output(for: x), layerNorm(x, axes: [1]))
    expectClose(try input.rmsNorm(epsilon: 1e-2).output(for: x), rmsNorm(x, epsilon: 1e-2))
    let (initialize, predict) = try input.layerNorm().build()
    var state = try initialize(seed: 1)
    let (scale, offset) = (randomInput([4], salt: "scale"), randomInput([4], salt: "offset"))
    state.parameters["layer_norm_0/scale"] = scale
    state.parameters["layer_norm_0/offset"] = offset
    expectClose(try predict(state, x), layerNorm(x, scale: scale, offset: offset))
  }

  @Test func `compiled equals eager, with derivatives`() throws {
    let (x, vector) = (randomInput([5, 3, 8]) * 3 + 1, randomInput([8], salt: "vector"))
    try expectCompiledMatches(at: [x, vector + 2, vector], "layerNorm") {
      layerNorm($0[0], scale: $0[1], offset: $0[2])
    }
    try expectCompiledMatches(at: [x, randomInput([3]) + 2], "middle axis") {
      layerNorm($0[0], scale: $0[1], axes: [1])
    }
    try expectCompiledMatches(at: [x, vector + 2], "rmsNorm") { rmsNorm($0[0], scale: $0[1]) }
    try expectCompiledMatches(at: [x, vector + 2], "groupNorm") {
      groupNorm($0[0], groups: 2, scale: $0[1])
    }
  }

  @Test func `keeps the input's element type`() throws {
    for type in [ElementType.float16, .bfloat16, .float64] {
      let model = Model.input(shape: [nil, 4], elementType: type).layerNorm().rmsNorm()
      #expect(try model.outputSignature().output.elementType == type)
      #expect(try model.output(for: .ones([2, 4], elementType: type)).elementType == type)
    }
  }

  @Test func `shows options that differ, and counts parameters`() throws {
    let summary = try input.layerNorm().rmsNorm(axes: [1, 2], epsilon: 0.5).summary()
    #expect(summary.rows.map(\.options) == [[], [], ["axes: [1, 2]", "epsilon: 0.5"]])
    #expect(summary.rows.map(\.path).suffix(2) == ["layer_norm_0", "rms_norm_0"])
    #expect(summary.parameterCount == 8 + 12)
  }

  @Test func `refuses inputs and options that do not fit`() {
    for axes in [[0], [3], [-3], [1, -2], []] {
      expectProblem(
        input.layerNorm(axes: axes), rule: "different axes of the input other than the batch axis",
        got: "axes \(axes) of [nil, 3, 4]")
    }
    expectProblem(
      Model.input(shape: [nil, nil]).rmsNorm(), rule: "known sizes", got: "[nil, nil]",
      hint: "input(shape:)")
    for epsilon in [0, -1, Double.nan] {
      expectProblem(input.layerNorm(epsilon: epsilon), rule: "positive epsilon", got: "\(epsilon)")
    }
    expectProblem(
      Model.input(shape: [nil, 4], elementType: .int32).layerNorm(), rule: "floating-point",
      got: "i32[nil, 4]")
  }
}
