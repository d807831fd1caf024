import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ActivationLayerTests {
  @Test(arguments: Activation.catalog) func `equals the function`(_ activation: Activation) throws {
    let x = randomInput([3, 4])
    let model = Model.input(shape: [nil, 4]).activation(activation)
    #expect(try model.outputShape() == [nil, 4])
    expectClose(try model.output(for: x), activation(x))
  }

  @Test func `has short names for the common ones`() throws {
    let x = Model.input(shape: [nil, 4])
    let paths = try x.relu().sigmoid().tanh().softmax().gelu().relu().paths()
    #expect(
      paths == ["input_0", "relu_0", "sigmoid_0", "tanh_0", "softmax_0", "gelu_0", "relu_1"])
  }

  @Test func `one's own has to keep the shape`() throws {
    let total = Activation("total") { $0.sum(alongAxes: [1], keepingAxes: true) }
    expectProblem(
      Model.input(shape: [nil, 4]).activation(total), rule: "keeps the shape",
      got: "total, which turns f32[3, 4] into f32[3, 1]")
    expectProblem(
      Model.input(shape: [nil, 4]).dense(5, activation: total), rule: "keeps the shape",
      got: "total")
    let isPositive = Activation("is_positive") { greater($0, 0) }
    let model = Model.input(shape: [nil, 4]).activation(isPositive)
    #expect(try model.outputSignature().output.elementType == .bool)
  }
}
