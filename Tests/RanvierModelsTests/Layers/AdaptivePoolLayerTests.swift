import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct AdaptivePoolLayerTests {
  @Test func `gives sizes that are known`() throws {
    let image = Model.input(shape: [nil, nil, 5, 3])
    #expect(try image.adaptiveAveragePool([2, 3]).outputShape() == [nil, 2, 3, 3])
    #expect(try image.adaptiveMaxPool(4).outputShape() == [nil, 4, 4, 3])
    #expect(try image.adaptiveLpPool(4, norm: 3).outputShape() == [nil, 4, 4, 3])
    let model = image.adaptiveAveragePool([2, 3]).flatten().dense(2)
    #expect(try model.output(for: randomInput([4, 7, 5, 3])).shape == [4, 2])
  }

  @Test(arguments: [AdaptiveWindows.balanced, .fixed])
  func `equals the functions it is made of`(windows: AdaptiveWindows) throws {
    let x = randomInput([2, 7, 5, 3])
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectClose(
      try image.adaptiveAveragePool([3, 2], windows: windows).output(for: x),
      adaptiveAveragePool(x, outputSize: [3, 2], windows: windows))
    expectClose(
      try image.adaptiveMaxPool([3, 2], windows: windows).output(for: x),
      adaptiveMaxPool(x, outputSize: [3, 2], windows: windows))
    expectClose(
      try image.adaptiveLpPool([3, 2], norm: 3, windows: windows).output(for: x),
      adaptiveLpPool(x, outputSize: [3, 2], norm: 3, windows: windows))
  }

  @Test func `refuses options that do not fit`() throws {
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectProblem(image.adaptiveMaxPool(0), rule: "a positive output size", got: "[0]")
    expectProblem(image.adaptiveMaxPool([1, 2, 3]), rule: "output size", got: "[1, 2, 3]")
    expectProblem(
      image.adaptiveAveragePool(6, windows: .fixed), rule: "at most the axis's", got: "[6]")
    expectProblem(image.adaptiveLpPool(2, norm: 0), rule: "a norm above 0", got: "0.0")
    expectProblem(
      Model.input(shape: [nil, 4, 2], elementType: .bool).adaptiveMaxPool(2), rule: "numbers",
      got: "bool")
    expectProblem(
      Model.input(shape: [nil, 4]).adaptiveMaxPool(2), rule: "rank 3 to 5", got: "rank 2")
    #expect(
      try image.adaptiveLpPool(2, windows: .fixed).summary().rows.last?.options
        == ["output size: 2", "norm: 2.0", "windows: fixed"])
  }
}
