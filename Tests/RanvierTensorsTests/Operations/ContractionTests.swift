import RanvierTensors
import TestSupport
import Testing

@Suite struct ContractionTests {
  @Test func `contractions over random axes equal the same sum by letters`() {
    for round in 0 ..< 100 {
      var generator = TestGenerator(salt: "contract \(round)")
      let letters = Array("abcdefgh")
      let batch = Int.random(in: 0 ... 2, using: &generator)
      let summed = Int.random(in: 0 ... 2, using: &generator)
      let shared = Array(letters.prefix(batch + summed))
      let left = (shared + "xy".prefix(Int.random(in: 0 ... 2, using: &generator)))
        .shuffled(using: &generator)
      let right = (shared + "zw".prefix(Int.random(in: 0 ... 2, using: &generator)))
        .shuffled(using: &generator)
      var sizes: [Character: Int] = [:]
      for letter in left + right {
        sizes[letter] =
          Int.random(in: 0 ... 12, using: &generator) == 0
          ? 0 : Int.random(in: 1 ... 4, using: &generator)
      }
      func operand(_ names: [Character]) -> Tensor {
        .random(Shape(names.map { sizes[$0, default: 1] }), using: &generator)
      }
      let (a, b) = (operand(left), operand(right))
      func axes(_ names: ArraySlice<Character>) -> ([Int], [Int]) {
        (
          names.map { (left.firstIndex(of: $0) ?? 0) - left.count },
          names.map { right.firstIndex(of: $0) ?? 0 }
        )
      }
      let result = contract(a, b, axes: axes(shared[batch...]), batchAxes: axes(shared[..<batch]))
      let free = (left + right).filter { !shared.contains($0) }
      let text = "\(String(left)),\(String(right))->\(String(shared[..<batch] + free))"
      expectClose(result, einsum(text, a, b), relative: 1e-12, absolute: 1e-12, text)
    }
  }

  @Test func `known products`() {
    let a = Tensor([[1.0, 2], [3, 4]])
    let b = Tensor([[5.0, 6], [7, 8]])
    #expect(contract(a, b, axes: ([1], [0])) == matmul(a, b))
    #expect(contract(a, b, axes: ([0, 1], [0, 1])) == Tensor(70.0))
    #expect(contract(a, b, axes: ([0, 1], [1, 0])) == Tensor(69.0))
    #expect(contract(a, b, axes: ([-1], [-1]), batchAxes: ([0], [0])) == Tensor([17.0, 53]))
    #expect(contract(Tensor([1, 2]), b, axes: ([0], [0])) == Tensor([19.0, 22]))
    #expect(
      outer(Tensor([1, 2]), Tensor([3, 4, 5])) == Tensor([[3, 4, 5], [6, 8, 10]]))
    #expect(outer(a, Tensor(2.0)) == a * 2)
    #expect(dot(Tensor([1.0, 2]), Tensor([3.0, 4])) == Tensor(11.0))
    #expect(dot(a, Tensor([1.0, 1])) == Tensor([3.0, 7]))
    #expect(dot(Tensor(2.0), a) == a * 2)
    #expect(dot(Tensor.ones([2, 3, 4]), Tensor.ones([5, 4, 6])).shape == [2, 3, 5, 6])
  }

  @Test(.tags(.gradient)) func `derivatives`() {
    var generator = TestGenerator(salt: "contract derivative")
    let point: [Tensor] = [
      .random([2, 3, 4], using: &generator), .random([4, 2, 5], using: &generator),
    ]
    expectGradientsMatch(at: point, "contract") {
      contract(sin($0[0]), $0[1], axes: ([2], [0]), batchAxes: ([0], [1]))
    }
    expectGradientsMatch(at: [point[0][0, 0], point[1][0, 0]], "outer") { outer(sin($0[0]), $0[1]) }
  }

  @Test func `pairs that do not fit are errors`() {
    let (a, b) = (Tensor.ones([2, 3]), Tensor.ones([4, 3]))
    #expect(
      contract(a, b, axes: ([0], [0])).error?.message
        == """
        contract(_:_:axes:batchAxes:) needs pairs of axes of equal sizes, got f32[2, 3] and \
        f32[4, 3], axes [0] and [0], batch axes [] and []
        """)
    #expect(contract(a, b, axes: ([0, 1], [1])).error != nil)
    #expect(contract(a, b, axes: ([1], [1]), batchAxes: ([1], [1])).error != nil)
    #expect(contract(a, b, axes: ([2], [1])).error != nil)
    #expect(
      dot(a, b).error?.message
        == "dot needs equal inner sizes, got [2, 3] · [4, 3] (3 ≠ 4)")
  }
}
