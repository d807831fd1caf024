import RanvierTensors
import TestSupport
import Testing

@Test func `adds, broadcasts and differentiates`() {
  let x = Tensor([[1.0, 2, 3], [4, 5, 6]])
  let y = x * 2 + Tensor([1.0, 0, -1])
  #expect(y.scalars(as: Double.self) == [3, 4, 5, 9, 10, 11])
  let g = gradient(at: x) { ($0 * $0).sum() }
  expectClose(g, x * 2)
  let second = gradient(at: x) { x in gradient(at: x) { ($0 * $0 * $0).sum() }.sum() }
  expectClose(second, x * 6)
  print(x, y, matmul(x, x.transposed()))
}
