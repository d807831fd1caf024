import RanvierTensors
import TestSupport
import Testing

@Suite struct BroadcastTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]])

  @Test func `sums to shapes that broadcast to the tensor's`() {
    #expect(x.summed(to: [3]) == Tensor([5, 7, 9]))
    #expect(x.summed(to: [1, 3]) == Tensor([[5, 7, 9]]))
    #expect(x.summed(to: [2, 1]) == Tensor([[6], [15]]))
    #expect(x.summed(to: []) == Tensor(21))
    #expect(x.summed(to: [2, 3]) == x)
    #expect(Tensor.ones([1, 4]).summed(to: [4]) == Tensor.ones([4]))
    #expect(Tensor.zeros([0, 3]).summed(to: [1, 3]) == Tensor.zeros([1, 3]))
    #expect(Tensor([true, true]).summed(to: []) == Tensor(Int32(2)))
  }

  @Test func `undoes broadcasting up to the number of copies`() {
    let y = Tensor([[2.0], [-1]])
    #expect(y.broadcast(to: [3, 2, 4]).summed(to: y.shape) == 12 * y)
  }

  @Test func `gradients of summing are broadcast`() {
    let x = Tensor([[1.5, 2, -3], [4, 0.5, 6]])
    expectGradientsMatch(at: [x], order: 2) { square($0[0].summed(to: [2, 1])).sum() }
    expectGradientsMatch(at: [x], order: 2) { square($0[0].summed(to: [3])).sum() }
  }

  @Test func `shapes that do not broadcast are invalid`() {
    for shape: Shape in [[2], [3, 2], [1, 1, 2, 3], [2, 3, 1]] {
      #expect(x.summed(to: shape).error?.got == "[2, 3] to \(shape)")
    }
    #expect(matmul(x, x).summed(to: [3]).error?.operation == "matmul")
  }
}
