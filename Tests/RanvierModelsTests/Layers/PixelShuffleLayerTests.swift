import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct PixelShuffleLayerTests {
  @Test func `trades channels for positions`() throws {
    #expect(
      try Model.input(shape: [nil, nil, 5, 8]).pixelShuffle().outputShape() == [nil, nil, 10, 2])
    #expect(
      try Model.input(shape: [nil, nil, 6, 2]).pixelUnshuffle(3).outputShape()
        == [nil, nil, 2, 18])
    #expect(try Model.input(shape: [nil, 4, 8]).pixelShuffle(4).outputShape() == [nil, 16, 2])
  }

  @Test func `equals the functions it is made of`() throws {
    let x = randomInput([2, 4, 6, 8])
    let image = Model.input(shape: [nil, 4, 6, 8])
    expectClose(try image.pixelShuffle().output(for: x), pixelShuffle(x, factor: 2))
    expectClose(try image.pixelUnshuffle().output(for: x), pixelUnshuffle(x, factor: 2))
  }

  @Test func `refuses what does not fit`() throws {
    let image = Model.input(shape: [nil, 7, 5, 3])
    expectProblem(image.pixelShuffle(), rule: "channels that factor^axes = 4 divides", got: "3]")
    expectProblem(image.pixelUnshuffle(), rule: "sizes that the factor 2 divides", got: "7, 5, 3]")
    expectProblem(image.pixelShuffle(0), rule: "a factor of 1 to 65536", got: "0")
    expectProblem(
      Model.input(shape: [nil, 4, nil]).pixelShuffle(), rule: "known number of channels",
      got: "[nil, 4, nil]")
    let open = Model.input(shape: [nil, nil, 2]).pixelUnshuffle()
    #expect(try open.output(for: randomInput([1, 4, 2])).shape == [1, 2, 4])
    #expect(throws: ModelError.self) { try open.output(for: randomInput([1, 5, 2])) }
  }
}
