import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct CropLayerTests {
  let input = Model.input(shape: [nil, 7, nil, 2])
  let x = randomInput([2, 7, 5, 2])

  @Test func `takes a part, also of open sizes`() throws {
    let middle = input.crop(to: 3)
    #expect(try middle.outputShape() == [nil, 3, 3, 2])
    #expect(try middle.output(for: x) == crop(x, to: [3, 3]))
    let corner = input.crop(to: [2, 4], at: [5, 1])
    #expect(try corner.outputShape() == [nil, 2, 4, 2])
    #expect(try corner.output(for: x) == crop(x, to: [2, 4], at: [5, 1]))
    #expect(try corner.summary().rows.last?.options == ["size: 2x4", "start: 5x1"])
  }

  @Test func `refuses parts that do not fit, also when data comes`() throws {
    expectProblem(input.crop(to: 8), rule: "within the spatial axes", got: "8 of [nil, 7, nil, 2]")
    expectProblem(
      input.crop(to: 3, at: 5), rule: "within the spatial axes", got: "3 at 5 of [nil, 7")
    expectProblem(input.crop(to: 0), rule: "within the spatial axes", got: "0 of")
    expectProblem(
      input.crop(to: [1, 2, 3]), rule: "a size for all 2 spatial axes", got: "1x2x3")
    expectProblem(
      Model.input(shape: [nil, 7]).crop(to: 3), rule: "1 to 3 spatial axes", got: "[nil, 7]")
    let predict = try input.crop(to: [3, 6]).build().predict
    let x = x
    #expect(throws: ModelError.self) { try predict(ModelState(parameters: [:]), x) }
  }
}
