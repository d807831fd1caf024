import RanvierTensors
import TestSupport
import Testing

@Suite struct CompoundAssignmentTests {
  @Test func `values are those of the operators`() {
    let (a, b) = (Tensor([1.0, 2, 3]), Tensor([4.0, 5, 6]))
    var x = a
    x += b
    #expect(x == a + b)
    x -= 2
    #expect(x == a + b - 2)
    x *= b
    #expect(x == (a + b - 2) * b)
    x /= 0.5
    #expect(x == (a + b - 2) * b / 0.5)
    x -= b
    x += 1
    x *= 3.0
    x /= a
    #expect(x == (((a + b - 2) * b / 0.5) - b + 1) * 3.0 / a)
    #expect(a == Tensor([1.0, 2, 3]))
  }

  @Test func `shapes and types may grow as with the operators`() {
    var x = Tensor([1, 2])
    x += Tensor([[10.0], [20.0]])
    #expect(x == Tensor([[11.0, 12], [21, 22]]))
  }

  @Test func `gradients pass through`() {
    let slope = gradient(at: Tensor([1.0, 2])) { x in
      var y = x
      y *= x
      y += 3
      y /= 2
      return y.sum()
    }
    #expect(slope == Tensor([1.0, 2]))
  }

  @Test func `shapes that do not fit make the target invalid`() {
    var x = Tensor([1.0, 2])
    x += Tensor([1.0, 2, 3])
    #expect(x.error?.operation == "+")
  }
}
