import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BidirectionalMergeTests {
  @Test func `joins what both directions gave`() {
    let (a, b) = (Tensor([[1.0, 2], [3, 4]]), Tensor([[10.0, 20], [30, 40]]))
    let expected: [BidirectionalMerge: Tensor] = [
      .concatenate: Tensor([[1.0, 2, 10, 20], [3, 4, 30, 40]]),
      .sum: Tensor([[11.0, 22], [33, 44]]), .average: Tensor([[5.5, 11], [16.5, 22]]),
      .multiply: Tensor([[10.0, 40], [90, 160]]),
      .stack: Tensor([[[1.0, 2], [10, 20]], [[3, 4], [30, 40]]]),
    ]
    for merge in BidirectionalMerge.allCases { #expect(merge(a, b) == expected[merge]) }
  }
}
