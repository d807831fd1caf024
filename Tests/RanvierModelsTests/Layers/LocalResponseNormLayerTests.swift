import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct LocalResponseNormLayerTests {
  @Test func `divides by its neighbours, and keeps shape and type`() throws {
    let x = randomInput([2, 3, 3, 6])
    let model = Model.input(shape: [nil, nil, 3, 6]).localResponseNorm(size: 3, alpha: 2)
    #expect(try model.outputShape() == [nil, nil, 3, 6])
    #expect(try model.parameterPaths().isEmpty)
    expectClose(try model.output(for: x), localResponseNorm(x, size: 3, alpha: 2))
    #expect(
      try model.summary().rows.last?.options
        == ["size: 3", "alpha: 2.0", "beta: 0.75", "bias: 1.0"])
  }

  @Test func `refuses inputs and options that do not fit`() {
    let input = Model.input(shape: [nil, 3, 6])
    expectProblem(input.localResponseNorm(size: 0), rule: "positive size", got: "size 0")
    expectProblem(input.localResponseNorm(beta: .nan), rule: "finite numbers", got: "beta nan")
    expectProblem(
      Model.input(shape: [nil, nil]).localResponseNorm(), rule: "known channels",
      got: "[nil, nil]")
  }
}
