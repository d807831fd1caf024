import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct PermuteChannelsLayerTests {
  @Test func `BGRA becomes RGBA`() throws {
    let model = Model.input(shape: [nil, 2, nil, 4]).permuteChannels([2, 1, 0, 3])
    #expect(try model.outputShape() == [nil, 2, nil, 4])
    let x = randomInput([1, 2, 3, 4])
    let y = try model.output(for: x)
    #expect(y[.ellipsis, 0] == x[.ellipsis, 2] && y[.ellipsis, 2] == x[.ellipsis, 0])
    #expect(y[.ellipsis, 1] == x[.ellipsis, 1] && y[.ellipsis, 3] == x[.ellipsis, 3])
  }

  @Test func `refuses orders that do not fit`() {
    expectProblem(
      Model.input(shape: [nil, 3]).permuteChannels([0, 1]), rule: "all channels, each once",
      got: "[0, 1] for [nil, 3]")
    expectProblem(
      Model.input(shape: [nil, nil]).permuteChannels([0]), rule: "all channels", got: "[nil, nil]")
  }
}
