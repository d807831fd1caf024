import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct DenseLayerTests {
  @Test func `replaces the last axis and declares kernel and bias`() throws {
    let signature = try Model.input(shape: [nil, 7, nil, 5]).dense(3).outputSignature()
    #expect(signature.output.shape == [nil, 7, nil, 3])
    #expect(signature.parameters.map(\.name) == ["kernel", "bias"])
    #expect(signature.parameters.map(\.shape) == [[5, 3], [3]])
    #expect(signature.state.isEmpty)
  }

  @Test func `has no bias if told so`() throws {
    let model = Model.input(shape: [nil, 5]).dense(3, useBias: false)
    #expect(try model.parameterPaths() == ["dense_0/kernel"])
    let x = randomInput([2, 5])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 3)
    expectClose(try predict(state, x), matmul(x, state.parameters["dense_0/kernel"]))
  }

  @Test func `computes the activation of the product and the bias`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 5])
      .dense(3, activation: .tanh, biasInitializer: .uniform).build()
    let state = try initialize(seed: 3)
    let (kernel, bias) = (state.parameters["dense_0/kernel"], state.parameters["dense_0/bias"])
    let x = randomInput([2, 5])
    expectClose(try predict(state, x), tanh(matmul(x, kernel) + bias))
  }

  @Test func `refuses inputs without known features, and no units`() {
    expectProblem(
      Model.input(shape: [nil]).dense(3), rule: "rank 2 or more", got: "[nil]")
    expectProblem(
      Model.input(shape: [nil, nil]).dense(3), rule: "known size of the last axis",
      got: "[nil, nil]", hint: "input(shape:)")
    for units in [0, -1, .min] {
      expectProblem(Model.input(shape: [nil, 2]).dense(units), rule: "one unit", got: "\(units)")
    }
    expectProblem(
      Model.input(shape: [nil, 784]).dense(.max), rule: "shape that is possible",
      got: "too many elements")
  }

  @Test func `widens elements to the kernel's type`() throws {
    for (type, expected) in [
      (ElementType.uint8, ElementType.float32), (.float16, .float32), (.float64, .float64),
    ] {
      let model = Model.input(shape: [nil, 2], elementType: type).dense(3)
      #expect(try model.outputSignature().output.elementType == expected)
      #expect(try model.output(for: .ones([1, 2], elementType: type)).elementType == expected)
    }
  }
}
