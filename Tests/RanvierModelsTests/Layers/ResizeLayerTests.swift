import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ResizeLayerTests {
  @Test func `gives sizes that are known`() throws {
    #expect(
      try Model.input(shape: [nil, nil, 5, 3]).resize(to: [8, 9]).outputShape() == [nil, 8, 9, 3])
    #expect(try Model.input(shape: [nil, 4, 2]).resize(to: 7).outputShape() == [nil, 7, 2])
  }

  @Test(arguments: ResizeMethod.allCases)
  func `equals the function it is made of`(method: ResizeMethod) throws {
    let x = randomInput([2, 7, 5, 3])
    for antialias in [false, true] {
      expectClose(
        try Model.input(shape: [nil, 7, 5, 3]).resize(
          to: [4, 6], method: method, antialias: antialias
        ).output(for: x),
        resize(x, to: [4, 6], method: method, antialias: antialias), absolute: 1e-6)
    }
  }

  @Test func `refuses options that do not fit`() throws {
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectProblem(image.resize(to: 0), rule: "a positive size", got: "[0]")
    expectProblem(
      image.resize(to: 2, alignsCorners: true), rule: "a method that interpolates", got: "nearest")
    expectProblem(
      Model.input(shape: [nil, 4, 2], elementType: .int32).resize(to: 2, method: .bicubic),
      rule: "floating-point numbers", got: "i32")
    expectProblem(Model.input(shape: [nil, 4]).resize(to: 2), rule: "rank 3 to 5", got: "rank 2")
    let model = image.resize(to: 2, method: .bilinear, antialias: false, alignsCorners: true)
    #expect(
      try model.summary().rows.last?.options
        == ["size: 2", "method: bilinear", "antialias: false", "aligns corners: true"])
  }
}
