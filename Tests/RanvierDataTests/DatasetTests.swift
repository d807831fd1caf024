import RanvierData
import RanvierTensors
import Testing

/// Rows whose input is twice and whose target is once their number.
func numbered(_ count: Int) throws -> Dataset {
  let numbers = Tensor.range(count)
  return try Dataset(inputs: (numbers * 2).reshaped(to: [count, 1]), targets: numbers)
}

/// The numbers of the rows.
func numbers(_ dataset: Dataset) -> [Int] { dataset.targets.scalars(as: Int.self) }

struct DatasetTests {
  @Test func `subsets keep rows together, in the order asked for`() throws {
    let data = try Dataset(
      inputs: [
        "image": Tensor.range(24).reshaped(to: [4, 3, 2]), "age": Tensor([10.0, 11, 12, 13]),
      ],
      targets: Tensor([UInt8(0), 1, 2, 3]), weights: Tensor([Float(1), 2, 3, 4]))
    let some = try data.subset([3, 0, 3])
    #expect(some.count == 3)
    #expect(some.targets == Tensor([UInt8(3), 0, 3]))
    #expect(some.weights == Tensor([Float(4), 1, 4]))
    #expect(some.inputs["age"] == Tensor([13.0, 10, 13]))
    #expect(some.inputs["image"][1] == data.inputs["image"][0])
    #expect(some.inputs["image"].type == TensorType(.int32, [3, 3, 2]))
  }

  @Test func `shuffling is a permutation by the key`() throws {
    let data = try numbered(100)
    let shuffled = try data.shuffled(key: RandomKey(seed: 1))
    #expect(numbers(shuffled) != Array(0 ..< 100))
    #expect(numbers(shuffled).sorted() == Array(0 ..< 100))
    #expect(shuffled.inputs["input"].scalars(as: Int.self) == numbers(shuffled).map { $0 * 2 })
    #expect(numbers(try data.shuffled(key: RandomKey(seed: 1))) == numbers(shuffled))
    #expect(numbers(try data.shuffled(key: RandomKey(seed: 2))) != numbers(shuffled))
    #expect(numbers(try numbered(1).shuffled(key: RandomKey(seed: 1))) == [0])
  }

  @Test func `all orders of three rows are about equally frequent`() throws {
    let data = try numbered(3)
    var counts: [[Int]: Int] = [:]
    for seed in 0 ..< 600 {
      counts[numbers(try data.shuffled(key: RandomKey(seed: UInt64(seed)))), default: 0] += 1
    }
    #expect(counts.count == 6)
    // 100 each on average, with a standard deviation of about 9.
    #expect(counts.values.allSatisfy { (60 ... 140).contains($0) })
  }

  @Test(
    arguments: [
      (Parameters(), Tensor.ones([2]), nil, "at least one input, got none"),
      (
        ["x": Tensor.ones([3, 1]), "y": Tensor.ones([2])], Tensor.ones([2]), nil,
        "equally many rows in all tensors, got 3 in input `x`, 2 in input `y`, 2 in targets"
      ),
      (["x": Tensor.ones([0, 1])], Tensor.ones([0]), nil, "at least one row, got none"),
      (
        ["x": Tensor.ones([2])], Tensor.ones([]), nil,
        "rows along the first axis, got a scalar as targets"
      ),
      (
        ["x": Tensor.ones([2])], Tensor.ones([2]), Tensor.ones([2, 1]),
        "weights of shape [rows], got [2, 1]"
      ),
      (
        ["x": Tensor.ones([2])], Tensor.ones([2]), Tensor.ones([1]),
        "equally many rows in all tensors, got 2 in input `x`, 2 in targets, 1 in weights"
      ),
    ] as [(Parameters, Tensor, Tensor?, String)])
  func `tensors that do not fit are refused`(
    inputs: Parameters, targets: Tensor, weights: Tensor?, text: String
  ) {
    let error = #expect(throws: OperationError.self) {
      try Dataset(inputs: inputs, targets: targets, weights: weights)
    }
    #expect(error?.message == "Dataset needs \(text)")
  }

  @Test func `invalid tensors are refused with their own error`() throws {
    let (right, wrong) = (Tensor.ones([2]), Tensor.ones([2]) + Tensor.ones([3]))
    let error = try #require(wrong.error)
    #expect(throws: error) { try Dataset(inputs: wrong, targets: right) }
    #expect(throws: error) { try Dataset(inputs: right, targets: wrong) }
  }

  @Test func `row numbers outside, and no rows, are refused`() throws {
    let data = try numbered(3)
    let error = #expect(throws: OperationError.self) { try data.subset([0, 3]) }
    #expect(error?.message == "subset(_:) needs row numbers in 0 ..< 3, got 3")
    #expect(throws: OperationError.self) { try data.subset([-1]) }
    #expect(throws: OperationError.self) { try data.subset([]) }
  }
}
