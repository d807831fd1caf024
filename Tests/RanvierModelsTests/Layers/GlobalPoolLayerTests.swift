import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct GlobalPoolLayerTests {
  @Test(arguments: [[nil, 4, 3], [nil, nil, 5, 3], [nil, 2, nil, 2, 3]] as [DynamicShape])
  func `keeps batch and channels`(_ shape: DynamicShape) throws {
    let x = randomInput(shape.filled(with: 2))
    let input = Model.input(shape: shape)
    #expect(try input.globalMaxPool().outputShape() == [nil, 3])
    #expect(try input.globalAveragePool().outputShape() == [nil, 3])
    expectClose(try input.globalMaxPool().output(for: x), globalMaxPool(x))
    expectClose(try input.globalAveragePool().output(for: x), globalAveragePool(x))
    expectClose(try input.globalLpPool(norm: 3).output(for: x), globalLpPool(x, norm: 3))
    let kept = DynamicShape([nil] + [Int?](repeating: 1, count: shape.rank - 2) + [3])
    for model in [
      input.globalMaxPool(keepingAxes: true), input.globalAveragePool(keepingAxes: true),
      input.globalLpPool(keepingAxes: true),
    ] {
      #expect(try model.outputShape() == kept)
      #expect(try model.output(for: x).shape == kept.filled(with: 2))
    }
  }

  @Test func `refuses inputs without spatial axes`() {
    expectProblem(
      Model.input(shape: [nil, 4]).globalAveragePool(), rule: "rank 3 to 5", got: "rank 2")
    expectProblem(
      Model.input(shape: [nil, 4, 2]).globalLpPool(norm: -1), rule: "a norm above 0", got: "-1.0")
  }
}
