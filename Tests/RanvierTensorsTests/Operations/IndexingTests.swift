import RanvierTensors
import TestSupport
import Testing

@Suite struct IndexingTests {
  let x = Tensor.range(24).reshaped(to: [2, 3, 4])

  private func elements(_ tensor: Tensor) -> [Int] { tensor.scalars(as: Int.self) }

  @Test func `positions remove their axis`() {
    #expect(elements(x[1, 2, 3]) == [23] && x[1, 2, 3].shape == [])
    #expect(elements(x[1, 2]) == [20, 21, 22, 23])
    #expect(elements(x[-1, -1, -1]) == [23])
    #expect(x[0].shape == [3, 4])
    #expect(x[.all, 0].shape == [2, 4])
  }

  @Test func `ranges keep their axis`() {
    #expect(elements(x[0, 0, 1 ..< 3]) == [1, 2])
    #expect(elements(x[0, 0, 1 ... 2]) == [1, 2])
    #expect(elements(x[0, 0, 2...]) == [2, 3])
    #expect(elements(x[0, 0, ..<2]) == [0, 1])
    #expect(elements(x[0, 0, ...2]) == [0, 1, 2])
    #expect(x[0, 0, 2 ..< 2].shape == [0])
    #expect(x[0 ..< 1, 1...].shape == [1, 2, 4])
  }

  @Test func `negative positions count from the end`() {
    #expect(elements(x[0, 0, (-2)...]) == [2, 3])
    #expect(elements(x[0, 0, ..<(-1)]) == [0, 1, 2])
    #expect(elements(x[0, 0, ...(-1)]) == [0, 1, 2, 3])
    #expect(elements(x[0, 0, ...(-2)]) == [0, 1, 2])
    #expect(elements(x[0, 0, -3 ... -1]) == [1, 2, 3])
    #expect(elements(x[0, 0, -3 ..< -1]) == [1, 2])
  }

  @Test func `steps, new axes and ellipses`() {
    #expect(elements(x[0, 0, .every(2)]) == [0, 2])
    #expect(elements(x[0, 0, .every(2, in: 1 ..< 4)]) == [1, 3])
    #expect(elements(x[0, 0, .every(.max)]) == [0])
    #expect(x[.newAxis].shape == [1, 2, 3, 4])
    #expect(x[0, .newAxis, 1].shape == [1, 4])
    #expect(x[.ellipsis, .newAxis].shape == [2, 3, 4, 1])
    #expect(elements(x[.ellipsis, 0]) == [0, 4, 8, 12, 16, 20])
    #expect(x[0, .ellipsis, 0].shape == [3])
    #expect(x[1, 1, .ellipsis, 1].shape == [])
    #expect(Tensor(5)[.ellipsis].shape == [])
  }

  @Test func `assignment fills a part, broadcasting and converting`() {
    var y = x
    y[0, .all, 1] = Tensor([100, 200, 300])
    #expect(elements(y[0]) == [0, 100, 2, 3, 4, 200, 6, 7, 8, 300, 10, 11])
    y[1] = Tensor(-1.9)
    #expect(y.elementType == .int32 && elements(y[1]) == [Int](repeating: -1, count: 12))
    y[0, 0, .every(3)] = Tensor(7)
    #expect(elements(y[0, 0]) == [7, 100, 2, 7])
    y[.ellipsis, -1] = Tensor([[1], [2]])
    #expect(elements(y[.ellipsis, 3]) == [1, 1, 1, 2, 2, 2])
    y[.all, 1 ..< 1] = Tensor(5)
    #expect(y.shape == x.shape)
    var scalar = Tensor(1.0)
    scalar[.ellipsis] = Tensor(2.0)
    #expect(scalar == Tensor(2.0))
    #expect(elements(x) == Array(0 ..< 24))
  }

  @Test func `assignment is differentiable in both operands`() {
    var generator = TestGenerator(salt: "assignment")
    let point: [Tensor] = [
      .random([3, 5], using: &generator), .random([3, 2], using: &generator),
    ]
    expectGradientsMatch(at: point, "assignment") { p in
      var y = p[0] * p[0]
      y[.all, .every(3)] = p[1] * p[1] * p[1]
      return y
    }
  }

  @Test func `assigning rows in a row is differentiable`() {
    var generator = TestGenerator(salt: "rows")
    let point: [Tensor] = [
      .random([3, 5], using: &generator), .random([5], using: &generator),
    ]
    expectGradientsMatch(at: point, "rows") { p in
      var y = p[0] * p[0]
      y[1] = sin(p[1])
      y[.all, 2 ..< 4] = y[.all, 1 ..< 3] * p[1][0]
      return y
    }
  }

  @Test func `assignment writes in place what nobody else uses`() {
    func address(_ x: Tensor) -> UnsafeRawPointer? { x.withUnsafeBytes { $0.baseAddress } }
    var y = Tensor.zeros([300, 1000], elementType: .float64)
    let place = address(y)
    for row in 0 ..< 300 {
      y[row] = Tensor.range(1000)
      y[row, .every(2)] = Tensor(-1)
      y[row, 0] = y[row, 0] + 1
    }
    #expect(address(y) == place)
    #expect(y.sum().scalar(as: Double.self) == 300 * (250_000 - 500 + 1))
    // A copy keeps its elements, whoever is written to; so does a tensor assigned to a part.
    let copy = y
    y[0] = Tensor(5)
    #expect(address(y) != place && address(copy) == place)
    #expect(copy[0, 1].scalar(as: Int.self) == 1 && y[0, 1].scalar(as: Int.self) == 5)
    var z = Tensor([[1, 2], [3, 4]])
    z[.all] = z
    #expect(z == Tensor([[1, 2], [3, 4]]))
    var shifted = Tensor.range(5)
    shifted[1 ..< 5] = shifted[0 ..< 4]
    #expect(shifted == Tensor([0, 0, 1, 2, 3].map { Int32($0) }))
  }

  @Test func `indexing is differentiable`() {
    var generator = TestGenerator(salt: "indexing")
    expectGradientsMatch(at: [.random([4, 5], using: &generator)], "indexing") { p in
      let y = p[0] * p[0]
      return y[1, .every(2)] * y[.newAxis, (-2)..., 0].sum() + y[0, 0]
    }
  }

  @Test func `a wrong assignment makes the target invalid`() {
    var y = x
    y[5] = Tensor(1)
    #expect(y.error?.got == "5 on axis 0 of shape [2, 3, 4]")
    y = x
    y[0] = Tensor([1, 2, 3])
    #expect(y.error?.operation == "x[...] = value")
  }
}
