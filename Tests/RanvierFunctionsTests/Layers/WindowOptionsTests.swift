import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct WindowOptionsTests {
  @Test func `works out output sizes, negative where the window does not fit`() throws {
    let geometry = try WindowGeometry(
      "conv", input: [7, 3], size: [3, 5], strides: [2], padding: .valid, dilation: [1])
    #expect(geometry.strides == [2, 2] && geometry.dilation == [1, 1])
    #expect(geometry.outputSizes(of: [7, 3])[0] == 3)
    #expect(geometry.outputSizes(of: [7, 3])[1] < 0)
    #expect(geometry.convolution(groups: 3).groups == 3)
  }

  @Test(arguments: [[0], [-1], [1, 1, 1], [], [Int.max]])
  func `refuses sizes that are not positive, too large or too many`(sizes: [Int]) {
    let error = #expect(throws: OperationError.self) {
      try WindowGeometry(
        "maxPool", input: [7, 3], size: sizes, strides: [1], padding: .same, dilation: [1])
    }
    let limit = sizes.contains(.max) ? "most 2^31" : "least 1"
    #expect(
      error?.rule
        == "window sizes of at \(limit), one for each of the 2 spatial axes or one for all")
  }
}
