import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct PadLayerTests {
  @Test func `adds borders to spatial axes`() throws {
    let image = Model.input(shape: [nil, 7, nil, 3])
    #expect(try image.pad(2).outputShape() == [nil, 11, nil, 3])
    #expect(
      try image.pad(low: [1, 0], high: 3, mode: .replicate).outputShape() == [nil, 11, nil, 3])
    #expect(try Model.input(shape: [nil, 4, 2]).pad([3]).outputShape() == [nil, 10, 2])
  }

  @Test(arguments: [PaddingMode.constant(2), .reflect, .replicate, .circular, .symmetric])
  func `equals the function it is made of`(mode: PaddingMode) throws {
    let x = randomInput([2, 5, 4, 3])
    expectClose(
      try Model.input(shape: [nil, 5, 4, 3]).pad(low: [1, 2], high: [3, 0], mode: mode)
        .output(for: x),
      x.padded([(0, 0), (1, 3), (2, 0), (0, 0)], mode: mode))
  }

  @Test func `refuses borders that do not fit`() throws {
    let image = Model.input(shape: [nil, 3, 5, 3])
    expectProblem(image.pad(-1), rule: "borders that are not negative", got: "-1")
    expectProblem(image.pad([1, 2, 3]), rule: "borders", got: "1x2x3")
    expectProblem(image.pad(3, mode: .reflect), rule: "beyond what reflect has", got: "(3, 3)")
    expectProblem(Model.input(shape: [nil, 4]).pad(1), rule: "rank 3 to 5", got: "rank 2")
    #expect(
      try image.pad(low: 1, high: [0, 2], mode: .circular).summary().rows.last?.options
        == ["border: 1 before, 0x2 after", "mode: circular"])
  }

  @Test func `an open size that is too small is refused when data comes`() throws {
    let model = Model.input(shape: [nil, nil, 2]).pad(4, mode: .reflect)
    #expect(try model.output(for: randomInput([1, 5, 2])).shape == [1, 13, 2])
    #expect(throws: ModelError.self) { try model.output(for: randomInput([1, 4, 2])) }
  }
}
