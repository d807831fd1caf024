import RanvierTensors
import TestSupport
import Testing

@Suite struct SearchSortedTests {
  @Test func `positions before and after equal elements`() {
    let row = Tensor([1.0, 2, 2, 5])
    let values = Tensor([[0.0, 1, 2], [3, 5, 6]])
    #expect(searchSorted(row, values) == Tensor([[Int32(0), 0, 1], [3, 3, 4]]))
    #expect(
      searchSorted(row, values, side: .afterEqual) == Tensor([[Int32(0), 1, 3], [3, 4, 4]]))
    #expect(searchSorted(row, 2, side: .afterEqual) == Tensor(Int32(3)))
    #expect(searchSorted(Tensor.zeros([0]), Tensor([1.0, 2])) == Tensor([Int32(0), 0]))
    #expect(searchSorted(row, Tensor.zeros([2, 0])).shape == [2, 0])
  }

  @Test func `not-a-number is greater than everything, zeros are equal`() {
    let row = Tensor([-Double.infinity, -0.0, .infinity, .nan, .nan])
    let values = Tensor([Double.nan, .infinity, 0, -.infinity])
    #expect(searchSorted(row, values) == Tensor([Int32(3), 2, 1, 0]))
    #expect(searchSorted(row, values, side: .afterEqual) == Tensor([Int32(5), 3, 2, 1]))
  }

  @Test(arguments: ElementType.allCases)
  func `the position is the number of elements before, in every type`(_ type: ElementType) {
    var generator = TestGenerator(salt: "search \(type)")
    let elements = (0 ..< 300).map { _ in Double(Int.random(in: 0 ... 99, using: &generator)) }
      .sorted()
    let row = Tensor(elements).cast(to: type)
    let values = Tensor.range(100, elementType: type == .bool ? .int8 : type).cast(to: type)
    let sorted = row.scalars(as: Double.self)
    let wanted = values.scalars(as: Double.self)
    #expect(
      searchSorted(row, values).scalars(as: Int.self)
        == wanted.map { value in sorted.count { $0 < value } })
    #expect(
      searchSorted(row, values, side: .afterEqual).scalars(as: Int.self)
        == wanted.map { value in sorted.count { $0 <= value } })
  }

  @Test func `types are promoted, integers of 64 bits keep their digits`() {
    #expect(searchSorted(Tensor([1, 2, 3]), Tensor([2.5])) == Tensor([Int32(2)]))
    let large = Tensor([Int64.max - 2, .max - 1, .max])
    #expect(searchSorted(large, large) == Tensor([Int32(0), 1, 2]))
  }

  @Test func `only vectors are searched`() {
    #expect(searchSorted(Tensor([[1.0]]), 1).error?.operation == "searchSorted")
    let wrong = Tensor([1.0]).reshaped(to: [2])
    #expect(searchSorted(Tensor([1.0]), wrong).error == wrong.error)
  }

  @Test(arguments: SearchSorted.samples.indices) func `a batch is further rows`(_ index: Int) {
    let sample = SearchSorted.samples[index]
    var generator = TestGenerator(salt: "batch")
    for isBatched in [[true, false], [false, true], [true, true]] {
      let operands = zip(sample.operands, isBatched).map { operand, isBatched in
        var operand = operand
        if isBatched { operand.type.shape.sizes.insert(3, at: 0) }
        return Tensor(operand, using: &generator)
      }
      let batch = BatchedApplication(operands: operands, isBatched: isBatched, size: 3)
      #expect(
        sample.primitive.vectorized(batch)
          == batch.oneByOne(
            SearchSorted(
              isAfterEqual: index >= SearchSorted.samples.count / 2)))
    }
  }
}
