import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct FractionalMaxPoolLayerTests {
  let image = Model.input(shape: [nil, 9, 8, 2])

  @Test func `gives sizes that are known`() throws {
    #expect(try image.fractionalMaxPool(outputSize: [6, 5]).outputShape() == [nil, 6, 5, 2])
    #expect(
      try Model.input(shape: [nil, nil, 2]).fractionalMaxPool(outputSize: 6).outputShape()
        == [nil, 6, 2])
  }

  @Test func `is even in prediction and random while training`() throws {
    let x = randomInput([2, 9, 8, 2])
    let model = image.fractionalMaxPool(outputSize: [6, 5])
    expectClose(
      try model.output(for: x),
      fractionalMaxPool(
        x, windowSize: [2], outputSize: [6, 5],
        samples: Tensor(repeating: 0.5, shape: [1, 2, 1], elementType: .float32)))
    let (_, train) = try model.build(mode: .training)
    let outputs = try (0 ..< 2).map {
      try train(ModelState(parameters: [:]), x, key: RandomKey(seed: UInt64($0))).output
    }
    #expect(outputs[0] != outputs[1])
  }

  @Test func `refuses options that do not fit`() throws {
    expectProblem(
      image.fractionalMaxPool(10, outputSize: 2), rule: "windows that lie within the input",
      got: "windows [10]")
    expectProblem(
      image.fractionalMaxPool(outputSize: 9), rule: "at most the axis's size", got: "[9]")
    expectProblem(
      Model.input(shape: [nil, 4]).fractionalMaxPool(outputSize: 2), rule: "rank 3 to 5",
      got: "rank 2")
    #expect(
      try image.fractionalMaxPool(outputSize: [6, 5]).summary().rows.last?.options
        == ["window size: 2", "output size: 6x5"])
  }
}
