import RanvierFunctions
import RanvierModels
import RanvierTensors
import Synchronization
import TestSupport
import Testing

struct CustomLayerTests {
  @Test func `computes with its inputs and parameters`() throws {
    let x = Model.input("x", shape: [nil, 3])
    let model = Model.layer(
      "scale", x, parameters: [.init("factor", shape: [3], initializer: .constant(2))]
    ) { $0.input * $0.parameters["factor"] }
    #expect(try model.paths() == ["x", "scale_0"])
    #expect(try model.parameterPaths() == ["scale_0/factor"])
    let values = randomInput([2, 3])
    expectClose(try model.output(for: values), values * 2)
  }

  @Test func `parameters may depend on the inputs' shapes`() throws {
    let model = Model.layer(
      "project", Model.input(shape: [nil, 3]),
      parameters: { [.init("matrix", shape: [$0[0][-1], 2])] }
    ) { matmul($0.input, $0.parameters["matrix"]) }
    #expect(try model.outputShape() == [nil, 2])
    #expect(try model.outputSignature().parameters.map(\.shape) == [[3, 2]])
  }

  @Test func `shapes are found by recording`() throws {
    let x = Model.input(shape: [nil, 4, nil])
    #expect(try Model.layer("sum", x) { $0.input.sum(alongAxes: [1]) }.outputShape() == [nil, nil])
    #expect(try Model.layer("mean", x) { $0.input.mean() }.outputShape() == [])
    let types = Model.layer("test", x) { greater($0.input, 0) }
    #expect(try types.outputSignature().output.elementType == .bool)
  }

  @Test func `mode and key are there`() throws {
    let model = Model.layer("noise", Model.input(shape: [nil, 3])) { call in
      guard let key = call.key else { return call.input }
      return call.input + key.normal(call.input.shape)
    }
    let x = randomInput([2, 3])
    #expect(try model.output(for: x) == x)
    let (_, train) = try model.build(mode: .training)
    #expect(try train(ModelState(parameters: [:]), x, key: RandomKey(seed: 1)).output != x)
  }

  @Test func `reports what is wrong with it`() {
    let x = Model.input(shape: [nil, 3])
    let (line, wrong) = (#line, Model.layer("bad", x) { matmul($0.input, Tensor.ones([2, 2])) })
    expectProblem(
      wrong, rule: "equal inner sizes (in matmul at Layers/CustomLayerTests.swift:\(line))",
      got: "[3, 3]")
    expectProblem(
      Model.layer("bad", x, parameters: { [.init("w", shape: [$0[0][0]])] }) { $0.input },
      rule: "do not depend on open sizes", got: "f32[nil, 3]")
    expectProblem(
      Model.layer("bad", x) { $0.isTraining ? $0.input : $0.input.sum() },
      rule: "one type in training and prediction", got: "f32[3, 3] and f32[]")
    expectProblem(
      Model.layer("bad", x, parameters: [.init("a", shape: [1]), .init("a", shape: [2])]) {
        $0.input
      }, rule: "different names", got: "`a` twice")
    expectProblem(
      Model.layer("bad", x, parameters: [.init("a/b", shape: [1])]) { $0.input },
      rule: "no `/`", got: "a/b")
    expectProblem(
      Model.layer("bad", x, parameters: [.init("a", shape: [-1])]) { $0.input },
      rule: "possible", got: "the size -1")
    expectProblem(Model.layer("a/b", x) { $0.input }, rule: "no `/`", got: "a/b")
    expectProblem(
      Model.layer("bad", x) { $0.parameters["factor"] }, rule: "a path that is there",
      got: "an empty map")
    expectProblem(Model.layer("bad") { $0.input }, rule: "a layer with an input", got: "without")
  }

  @Test func `a layer without inputs gives the same for every batch`() throws {
    let x = Model.input(shape: [nil, 3])
    let token = Model.layer("token", parameters: [.init("value", shape: [1, 3])]) {
      $0.parameters["value"]
    }
    let model = Model.add(x, token)
    #expect(try model.outputShape() == [nil, 3])
    #expect(try model.output(for: Tensor.zeros([4, 3])).shape == [4, 3])
  }

  @Test func `an output that breaks the recorded shape is refused`() throws {
    let model = Model.layer("odd", Model.input(shape: [nil, 3])) {
      $0.input.shape[0] == 7 ? $0.input.sum(alongAxes: [0]) : $0.input
    }
    let error = #expect(throws: ModelError.self) { try model.output(for: randomInput([7, 3])) }
    #expect(error?.rule == "an output of shape [nil, 3], as when built")
    #expect(error?.got == "[3]")
  }
}
