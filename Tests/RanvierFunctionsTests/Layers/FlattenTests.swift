import RanvierFunctions
import RanvierTensors
import Testing

@Test(
  arguments: [
    ([2, 3, 4], [2, 12]), ([5], [5, 1]), ([0, 3, 2], [0, 6]), ([2, 0], [2, 0]), ([2, 3], [2, 3]),
  ] as [([Int], [Int])])
func `flatten keeps the batch`(shape: [Int], expected: [Int]) {
  #expect(flatten(Tensor.ones(Shape(shape))).shape == Shape(expected))
}

@Test func `flatten needs a batch`() {
  expectError(flatten(Tensor(1.0)), "flatten needs a batch axis, got a scalar")
}
