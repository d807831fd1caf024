import RanvierTensors
import TestSupport
import Testing

@Suite struct SortTests {
  static let types: [ElementType] = [
    .float64, .float32, .float16, .bfloat16, .int8, .int16, .int32, .int64, .uint8, .uint16,
    .uint32, .uint64, .bool,
  ]

  @Test func `order of random shapes equals the reference`() {
    for round in 0 ..< 60 {
      var generator = TestGenerator(salt: "sort \(round)")
      let shape = Shape.random(ranks: 1 ... 5, largest: 5, using: &generator)
      let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
      let count = Int.random(in: 0 ... shape[axis], using: &generator)
      let sort = Sort(axis: axis, count: count, isDescending: Bool.random(using: &generator))
      // Few values, so that there are ties.
      let operand = PrimitiveSample.Operand(shape, .integers(-3, 3))
      for type in SortTests.types {
        expectMatchesReference(PrimitiveSample(sort, [operand]), as: type)
      }
    }
  }

  /// Positions in the order that the standard library gives, which keeps equal elements in order.
  private func positions(_ x: [Double], descending: Bool) -> [Int] {
    func key(_ value: Double) -> (Int, Double) { value.isNaN ? (1, 0) : (0, value) }
    return x.indices.sorted { a, b in
      let (first, second) = (key(x[a]), key(x[b]))
      if first == second { return a < b }
      return descending ? first > second : first < second
    }
  }

  /// Lengths around those at which the kernel changes its way.
  @Test(arguments: [1, 2, 15, 16, 17, 31, 33, 255, 256, 5000])
  func `long rows are sorted, with their ties and in every type`(_ length: Int) {
    for type in SortTests.types {
      var generator = TestGenerator(salt: "\(type) \(length)")
      let operand = PrimitiveSample.Operand(
        [length], type == .bool ? .integers(0, 1) : .integers(type.isSignedInteger ? -99 : 0, 120),
        type)
      let x = Tensor(operand, using: &generator)
      let numbers = x.scalars(as: Double.self)
      for descending in [false, true] {
        let expected = positions(numbers, descending: descending)
        #expect(
          x.sortedPositions(descending: descending).scalars(as: Int.self) == expected,
          "\(type) \(length) \(descending)")
        #expect(
          x.sorted(descending: descending).scalars(as: Double.self) == expected.map { numbers[$0] })
        for count in Set([0, 1, length / 50, length / 8, length / 2]) where count <= length {
          let top = x.top(count, smallest: !descending)
          #expect(top.positions.scalars(as: Int.self) == Array(expected.prefix(count)))
          #expect(
            top.values.scalars(as: Double.self) == expected.prefix(count).map { numbers[$0] })
        }
      }
    }
  }

  @Test func `many rows along every axis, in parallel, give what single rows give`() {
    let x = RandomKey(seed: 3).normal([30, 40, 50])
    for axis in 0 ..< 3 {
      let sorted = x.sorted(alongAxis: axis)
      let (values, positions) = x.top(3, alongAxis: axis)
      #expect(x.gatheredElements(at: positions, alongAxis: axis) == values)
      let last = sorted.shape[axis] - 1
      for row in 0 ..< 3 {
        let rank = Tensor(Int64(last - row))
        #expect(
          sorted.gathered(at: rank, alongAxis: axis)
            == values.gathered(at: Tensor(Int64(row)), alongAxis: axis))
      }
      let moved = x.swappedAxes(axis, 2)
      let row = moved[7, 11]
      #expect(sorted.swappedAxes(axis, 2)[7, 11] == row.sorted())
    }
  }

  @Test(arguments: [ElementType.float64, .float32, .float16, .bfloat16])
  func `not-a-number is greatest, zeros are equal`(_ type: ElementType) {
    let x = Tensor([.nan, 1, 0.0, -.infinity, -0.0, .infinity, -.nan, -1]).cast(to: type)
    #expect(x.sortedPositions().scalars(as: Int.self) == [3, 7, 2, 4, 1, 5, 0, 6])
    #expect(x.sortedPositions(descending: true).scalars(as: Int.self) == [0, 6, 5, 1, 2, 4, 7, 3])
    #expect(x.top(1).positions == x.argmax().reshaped(to: [1]))
    #expect(x.sorted().scalars(as: Double.self)[7].isNaN)
    let zeros = x.sorted()[2 ..< 4].scalars(as: Double.self)
    #expect(zeros.map(\.sign) == [.plus, .minus], "elements keep their bits")
    #expect(
      x.top(2, smallest: true).values.scalars(as: Double.self) == [-.infinity, -1])
  }

  @Test func `ends of integer types`() {
    let x = Tensor([0, Int64.max, Int64.min, -1, 1])
    #expect(x.sorted() == Tensor([Int64.min, -1, 0, 1, Int64.max]))
    let y = Tensor([1, UInt64.max, 0, UInt64(Int64.max) + 1])
    #expect(y.sorted(descending: true) == Tensor([UInt64.max, UInt64(Int64.max) + 1, 1, 0]))
  }

  @Test(.tags(.gradient)) func `derivatives go to where elements were`() {
    var generator = TestGenerator(salt: "sort derivative")
    let x = Tensor(PrimitiveSample.Operand([4, 12, 2], .distinct), using: &generator)
    let weights = Tensor.random([4, 12, 2], using: &generator)
    expectGradientsMatch(at: [x], "sorted") { x in
      let sorted = x[0].sorted(alongAxis: 1)
      return sorted * sorted * weights
    }
    expectGradientsMatch(at: [x], "top") { x in exp(x[0].top(1, alongAxis: 1).values * 0.1) }
    #expect(
      gradient(at: Tensor([1.0, 3, 2, 3])) { $0.top(2).values.sum() } == Tensor([0.0, 1, 0, 1]))
  }

  @Test func `batches of examples`() {
    for sample in Sort.samples { expectVectorizedMatches(sample) }
  }

  @Test func `what is selected is the beginning of what is sorted`() {
    let x = RandomKey(seed: 5).normal([6, 400])
    #expect(x.top(5).values == x.sorted(descending: true)[.all, ..<5])
  }

  @Test func `wrong axes and counts are errors`() {
    let x = Tensor.ones([2, 3])
    #expect(
      x.sorted(alongAxis: 2).error?.message
        == "sorted(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]")
    #expect(
      x.top(4).values.error?.message
        == "top(_:alongAxis:) needs a count in 0 ... 3, got 4 along axis 1 of shape [2, 3]")
    #expect(x.top(-1).positions.error != nil)
    #expect(Tensor(1.0).sorted().error != nil)
  }
}
