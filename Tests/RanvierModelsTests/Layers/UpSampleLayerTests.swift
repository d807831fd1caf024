import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct UpSampleLayerTests {
  @Test func `multiplies sizes`() throws {
    let image = Model.input(shape: [nil, nil, 5, 3])
    #expect(try image.upSample().outputShape() == [nil, nil, 10, 3])
    #expect(try image.upSample([2, 3], method: .bilinear).outputShape() == [nil, nil, 15, 3])
  }

  @Test(arguments: ResizeMethod.allCases)
  func `equals the function it is made of`(method: ResizeMethod) throws {
    let x = randomInput([2, 3, 4, 3])
    expectClose(
      try Model.input(shape: [nil, nil, 4, 3]).upSample([2, 3], method: method).output(for: x),
      upSample(x, factors: [2, 3], method: method), absolute: 1e-6)
  }

  @Test func `refuses factors that do not fit`() throws {
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectProblem(image.upSample(0), rule: "a positive factor", got: "[0]")
    expectProblem(Model.input(shape: [nil, 4]).upSample(), rule: "rank 3 to 5", got: "rank 2")
    #expect(
      try image.upSample(method: .bicubic).summary().rows.last?.options
        == ["factors: 2", "method: bicubic"])
  }
}
