import RanvierTensors
import TestSupport
import Testing

@Suite struct SplittingTests {
  let x = Tensor.range(12).reshaped(to: [2, 6])

  @Test func `parts of given sizes`() {
    let parts = x.split(sizes: [1, 0, 5], alongAxis: -1)
    #expect(parts.map(\.shape) == [[2, 1], [2, 0], [2, 5]])
    #expect(parts[2] == x[.all, 1...])
    #expect(Tensor(concatenating: parts, alongAxis: 1) == x)
  }

  @Test func `parts of equal sizes`() {
    #expect(x.split(into: 2).map { $0.scalars(as: Int.self) } == [Array(0 ..< 6), Array(6 ..< 12)])
    #expect(x.split(into: 3, alongAxis: 1)[1] == x[.all, 2 ..< 4])
    #expect(Tensor.zeros([0, 2]).split(into: 3).map(\.shape) == [[0, 2], [0, 2], [0, 2]])
  }

  @Test func `parts without the axis`() {
    #expect(x.unstacked() == [x[0], x[1]])
    #expect(x.unstacked(alongAxis: -1).count == 6)
    #expect(Tensor(stacking: x.unstacked(alongAxis: 1), alongAxis: 1) == x)
    #expect(Tensor.zeros([0, 2]).unstacked().isEmpty)
  }

  @Test func `wrong sizes give as many invalid tensors`() {
    for sizes in [[1, 2], [3, 4], [-1, 7], [.max, .max]] {
      let parts = x.split(sizes: sizes, alongAxis: 1)
      #expect(parts.count == 2)
      #expect(parts.allSatisfy { $0.error?.rule == "sizes whose sum is 6" })
    }
    #expect(
      x.split(into: 4, alongAxis: 1).map { $0.error?.got }
        == [String?](
          repeating: "4 parts of axis 1 of shape [2, 6]", count: 4))
    #expect(x.split(into: 0).count == 1 && x.split(into: 0)[0].error != nil)
    #expect(x.split(into: 2, alongAxis: 2)[1].error?.operation == "split(into:alongAxis:)")
    #expect(x.unstacked(alongAxis: 2)[0].error != nil)
    let wrong = x.reshaped(to: [5])
    #expect(wrong.split(into: 2).map(\.error) == [wrong.error, wrong.error])
  }

  @Test func `parts have derivatives`() {
    var generator = TestGenerator(salt: "split")
    expectGradientsMatch(at: [.random([2, 6], using: &generator)], "split") { p in
      let parts = p[0].split(sizes: [2, 4], alongAxis: 1)
      return parts[0] * parts[1].split(into: 2, alongAxis: 1)[1] * p[0].unstacked()[0].sum()
    }
  }
}
