import RanvierData
import RanvierTensors
import Testing

struct SplitTests {
  let key = RandomKey(seed: 7)

  @Test(arguments: [0.8, 0.5, 0.1, 0.333])
  func `parts are disjoint, have every row, and the right sizes`(fraction: Double) throws {
    let data = try numbered(101)
    let (first, second) = try data.split(fraction: fraction, key: key)
    #expect(first.count == Int((fraction * 101).rounded()))
    #expect((numbers(first) + numbers(second)).sorted() == Array(0 ..< 101))
    #expect(second.inputs["input"].scalars(as: Int.self) == numbers(second).map { $0 * 2 })
  }

  @Test func `the key decides`() throws {
    let data = try numbered(50)
    let first = numbers(try data.split(key: key).first)
    #expect(numbers(try data.split(key: key).first) == first)
    #expect(numbers(try data.split(key: RandomKey(seed: 8)).first) != first)
  }

  @Test(arguments: [0.8, 0.5, 0.25])
  func `classes keep their shares`(fraction: Double) throws {
    var labels: [Int32] = []
    for (label, count) in [(3, 5), (4, 17), (9, 29), (-2, 1)] as [(Int32, Int)] {
      labels += [Int32](repeating: label, count: count)
    }
    let data = try Dataset(inputs: Tensor.range(labels.count), targets: Tensor(labels))
    let (first, second) = try data.split(fraction: fraction, isStratified: true, key: key)
    #expect(first.count == Int((fraction * Double(labels.count)).rounded()))
    let rows = [first, second].flatMap { $0.inputs["input"].scalars(as: Int.self) }
    #expect(rows.sorted() == Array(labels.indices))
    for label in Set(labels) {
      let share = fraction * Double(labels.count { $0 == label })
      let got = first.targets.scalars(as: Int32.self).count { $0 == label }
      #expect(abs(Double(got) - share) < 1)
    }
    // The order of rows is drawn too: classes do not come one after the other.
    #expect(first.targets.scalars(as: Int32.self) != first.targets.scalars(as: Int32.self).sorted())
  }

  @Test func `labels can be given`() throws {
    let data = try numbered(10)
    let labels = Tensor((0 ..< 10).map { $0 < 4 })
    let (first, _) = try data.split(fraction: 0.5, stratifiedBy: labels, key: key)
    #expect(numbers(first).count { $0 < 4 } == 2)
    #expect(first.count == 5)
  }

  @Test func `empty parts and labels that are no classes are refused`() throws {
    let data = try numbered(3)
    for fraction in [0, 0.1, 1, -1, 1.5, .nan] {
      let error = #expect(throws: OperationError.self) {
        try data.split(fraction: fraction, key: key)
      }
      #expect(
        error?.rule == "a fraction that leaves both parts at least one row")
      #expect(error?.got == "\(fraction) of 3 rows")
    }
    let oneHot = Tensor.ones([3, 2])
    let error = #expect(throws: OperationError.self) {
      try data.split(fraction: 0.5, stratifiedBy: oneHot, key: key)
    }
    #expect(error?.rule == "one whole number for each of 3 rows")
    #expect(error?.got == "labels f32[3, 2]")
    #expect(error?.hint == "of one-hot targets take argmax() first")
  }
}
