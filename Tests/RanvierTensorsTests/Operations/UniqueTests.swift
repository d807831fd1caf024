import RanvierTensors
import TestSupport
import Testing

@Suite struct UniqueTests {
  @Test func `different elements, how often and where`() {
    let x = Tensor([[3, 1, 3], [2, 1, 3]])
    let (values, counts, positions) = x.unique()
    #expect(values == Tensor([1, 2, 3]))
    #expect(counts == Tensor([Int32(2), 1, 3]))
    #expect(positions == Tensor([[Int32(2), 0, 2], [1, 0, 2]]))
    #expect(values[positions] == x)
  }

  @Test func `values at the edge`() {
    let x = Tensor([Double.nan, 0, -0.0, .infinity, .nan, -.infinity])
    let result = x.unique()
    let values = result.values.scalars(as: Double.self)
    #expect(values.count == 4 && values.dropLast() == [-.infinity, 0, .infinity])
    #expect(values[3].isNaN && result.counts == Tensor([Int32(1), 2, 1, 2]))
    #expect(result.positions == Tensor([Int32(3), 1, 1, 2, 3, 0]))
    let none = Tensor.zeros([2, 0]).unique()
    #expect(none.values == Tensor.zeros([0]) && none.positions.shape == [2, 0])
    #expect(none.counts.shape == [0])
    #expect(Tensor(5).unique().values == Tensor([5]))
    #expect(Tensor([true, false, true]).unique().values == Tensor([false, true]))
    let large = Tensor([Int64.max, .max - 1, .max])
    #expect(large.unique().values == Tensor([Int64.max - 1, .max]))
  }

  @Test(arguments: ElementType.allCases) func `sets of random numbers`(_ type: ElementType) {
    var generator = TestGenerator(salt: "unique \(type)")
    let x = Tensor(PrimitiveSample.Operand([50, 7], .integers(0, 60), type), using: &generator)
    let (values, counts, positions) = x.unique()
    let elements = x.scalars(as: Double.self)
    #expect(values.elementType == type)
    #expect(values.scalars(as: Double.self) == Set(elements).sorted())
    #expect(
      counts.scalars(as: Int.self)
        == Set(elements).sorted().map { value in elements.count { $0 == value } })
    #expect(values[positions] == x)
  }

  @Test func `elements must be known`() {
    let x = Trace(computes: false).input(TensorType(.int32, [3]))
    let error = x.unique().counts.error
    #expect(error?.operation == "unique()" && error?.rule == "elements that are known")
  }

  @Test(.tags(.gradient)) func `values have derivatives`() {
    expectGradientsMatch(at: [Tensor([3.0, 1, 2])], "unique") { p in
      (p[0] * p[0]).unique().values
    }
  }
}
