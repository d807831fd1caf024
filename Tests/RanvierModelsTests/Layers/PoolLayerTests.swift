import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct PoolLayerTests {
  @Test func `windows do not overlap unless strides say so`() throws {
    let image = Model.input(shape: [nil, 9, 8, 3])
    #expect(try image.maxPool().outputShape() == [nil, 4, 4, 3])
    #expect(try image.averagePool(3).outputShape() == [nil, 3, 2, 3])
    #expect(try image.maxPool([3, 2], strides: 1).outputShape() == [nil, 7, 7, 3])
    #expect(try image.averagePool(2, padding: .same).outputShape() == [nil, 5, 4, 3])
    #expect(try image.maxPool(2, strides: 1, dilation: 3).outputShape() == [nil, 6, 5, 3])
    #expect(try Model.input(shape: [nil, nil, 3]).maxPool().outputShape() == [nil, nil, 3])
    #expect(
      try Model.input(shape: [nil, 4, 5, 6, 2]).averagePool().outputShape() == [nil, 2, 2, 3, 2])
  }

  @Test func `equals the functions it is made of`() throws {
    let x = randomInput([2, 5, 6, 3])
    let image = Model.input(shape: [nil, 5, 6, 3])
    expectClose(
      try image.maxPool(3, strides: 2, padding: .same).output(for: x),
      maxPool(x, windowSize: [3], strides: [2], padding: .same))
    for countsPadding in [false, true] {
      expectClose(
        try image.averagePool([2, 3], padding: .explicit(1), countsPadding: countsPadding)
          .output(for: x),
        averagePool(x, windowSize: [2, 3], padding: .explicit(1), countsPadding: countsPadding))
    }
    for norm in [1, 2, 3, .infinity] {
      expectClose(
        try image.lpPool([2, 3], norm: norm, padding: .same).output(for: x),
        lpPool(x, windowSize: [2, 3], norm: norm, padding: .same), absolute: 1e-6)
    }
  }

  @Test func `refuses windows that do not fit`() {
    let image = Model.input(shape: [nil, 4, 4, 3])
    expectProblem(image.maxPool(5), rule: "as large as the window", got: "window 5")
    expectProblem(image.averagePool([1, 2, 3]), rule: "window sizes", got: "[1, 2, 3]")
    expectProblem(Model.input(shape: [nil, 4]).maxPool(), rule: "rank 3 to 5", got: "rank 2")
    expectProblem(
      Model.input(shape: [nil, 4, 2], elementType: .bool).maxPool(), rule: "numbers",
      got: "bool[nil, 4, 2]")
    expectProblem(image.lpPool(norm: 0), rule: "a norm above 0", got: "0.0")
    expectProblem(image.lpPool(5), rule: "as large as the window", got: "window 5")
    expectProblem(image.maxPool(.init(.max)), rule: "below", got: "\(Int.max)")
  }

  @Test func `only options that differ from the defaults are shown`() {
    let image = Model.input(shape: [nil, 9, 8, 3])
    let plain = try? image.maxPool().summary().rows.last?.options
    #expect(plain == ["window size: 2"])
    let powers = try? image.lpPool(3, norm: 4).summary().rows.last?.options
    #expect(powers == ["window size: 3", "norm: 4.0"])
    let full = try? image.averagePool(
      2, strides: 1, padding: .explicit(low: [0], high: [1]), dilation: 2, countsPadding: true
    ).summary().rows.last?.options
    #expect(
      full == [
        "window size: 2", "strides: 1", "padding: 0 before, 1 after", "dilation: 2",
        "counts padding: true",
      ])
  }
}
