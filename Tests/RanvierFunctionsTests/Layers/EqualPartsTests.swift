import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct EqualPartsTests {
  @Test(arguments: [0, 1, -1]) func `equals split, with its derivatives`(axis: Int) {
    let x = RandomKey(seed: 1).normal([4, 2, 6], elementType: .float64)
    let count = 2
    let parts = equalParts(x, count, alongAxis: axis)
    #expect(parts == x.split(into: count, alongAxis: axis))
    expectGradientsMatch(at: [x], order: 2, "equalParts") {
      let parts = equalParts($0[0], count, alongAxis: axis)
      return square(parts[0]) * parts[1]
    }
    // A part that is not used has a derivative of 0.
    let slope = gradient(at: x) { equalParts($0, count, alongAxis: axis)[1].sum() }
    #expect(slope == gradient(at: x) { $0.split(into: count, alongAxis: axis)[1].sum() })
  }

  @Test func `works on each example of a batch`() {
    let x = RandomKey(seed: 1).normal([3, 6], elementType: .float64)
    let slopes = vectorized { (row: Tensor) in
      gradient(at: row) { (row: Tensor) -> Tensor in
        let parts = equalParts(row, 2, alongAxis: 0)
        return (square(parts[0]) * parts[1]).sum()
      }
    }(x)
    let (a, b) = (x[.all, 0 ..< 3], x[.all, 3 ..< 6])
    expectClose(slopes, Tensor(concatenating: [2 * a * b, square(a)], alongAxis: 1))
  }
}
