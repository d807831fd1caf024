import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ConstantLayerTests {
  let input = Model.input(shape: [nil, 3])
  let x = randomInput([2, 3])
  let factors = Tensor([1, 0, 2] as [Float])

  @Test func `broadcasts to other models`() throws {
    let model = Model.multiply(input, Model.constant(factors), Model.constant(0.5))
    #expect(try model.outputShape() == [nil, 3])
    #expect(try model.parameterPaths().isEmpty)
    #expect(try model.output(for: x) == x * factors * 0.5)
    #expect(
      try model.summary().rows.filter { $0.path.hasPrefix("constant") }.map(\.options)
        == [["value: f32[3]"], ["value: f32[]"]])
  }

  @Test func `models of equal values are equal`() {
    #expect(Model.constant(factors) == Model.constant(factors + 0))
    #expect(Model.constant(factors).hashValue == Model.constant(factors + 0).hashValue)
    #expect(Model.constant(factors) != Model.constant(factors + 1))
    #expect(Model.constant(1) != Model.constant(1, elementType: .float64))
  }

  @Test func `refuses tensors of wrong operations`() {
    let wrong = factors + Tensor([1, 2] as [Float])
    expectProblem(
      Model.add(input, .constant(wrong)), rule: "a valid tensor", got: "wrong operation")
  }
}
