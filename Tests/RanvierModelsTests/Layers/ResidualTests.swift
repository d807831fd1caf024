import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ResidualTests {
  let input = Model.input(shape: [nil, 4])

  @Test func `adds the layers to the model`() throws {
    let model = input.residual { $0.dense(8, activation: .relu).dense(4) }
    #expect(try model.paths() == ["input_0", "dense_0", "dense_1", "add_0"])
    #expect(
      model == Model.add(input, input.dense(8, activation: .relu).dense(4)))
    let x = randomInput([2, 4])
    #expect(try input.residual { $0.activation(.relu) }.output(for: x) == x + relu(x))
  }

  @Test func `a shortcut brings the model to the layers' shape`() throws {
    let model = input.residual(shortcut: { $0.dense(6, useBias: false) }, name: "sum") {
      $0.dense(6)
    }
    #expect(try model.outputShape() == [nil, 6])
    #expect(try model.paths().last == "sum")
    expectProblem(
      input.residual { $0.dense(6) }, rule: "equal shapes", got: "f32[nil, 4] and f32[nil, 6]")
  }
}
