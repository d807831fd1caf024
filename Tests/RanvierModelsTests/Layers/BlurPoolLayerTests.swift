import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BlurPoolLayerTests {
  @Test func `divides sizes by the strides, rounding up`() throws {
    #expect(try Model.input(shape: [nil, 7, nil, 3]).blurPool().outputShape() == [nil, 4, nil, 3])
    #expect(
      try Model.input(shape: [nil, 9, 2]).blurPool(filterSize: 5, strides: 3).outputShape()
        == [nil, 3, 2])
  }

  @Test func `equals the function it is made of`() throws {
    let x = randomInput([2, 7, 5, 3])
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectClose(try image.blurPool().output(for: x), blurPool(x))
    expectClose(
      try image.blurPool(filterSize: 4, strides: [1, 2], mode: .constant(0)).output(for: x),
      blurPool(x, filterSize: 4, strides: [1, 2], mode: .constant(0)))
  }

  @Test func `refuses options that do not fit`() throws {
    let image = Model.input(shape: [nil, 3, 5, 3])
    expectProblem(image.blurPool(filterSize: 0), rule: "a filter of 1 to 64 taps", got: "0 taps")
    expectProblem(image.blurPool(filterSize: 9), rule: "a border", got: "(4, 4)")
    expectProblem(image.blurPool(strides: 0), rule: "strides of at least 1", got: "[0]")
    expectProblem(
      Model.input(shape: [nil, 3, 3], elementType: .int32).blurPool(),
      rule: "floating-point numbers", got: "i32")
    #expect(
      try image.blurPool(mode: .circular).summary().rows.last?.options
        == ["filter size: 3", "strides: 2", "mode: circular"])
  }
}
