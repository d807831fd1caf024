import RanvierData
import RanvierTensors
import Testing

struct BatchesTests {
  let key = RandomKey(seed: 3)

  /// The row numbers of the batches of an epoch.
  func epoch(_ epoch: Int, of batches: Batches) throws -> [[Int]] {
    try (0 ..< batches.batchCount).map {
      try batches.batch($0, epoch: epoch).targets.scalars(as: Int.self)
    }
  }

  @Test func `without a key rows stay in order, and the last batch may be smaller`() throws {
    let batches = try numbered(7).batches(of: 3)
    #expect(batches.batchCount == 3)
    #expect(try epoch(0, of: batches) == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(try epoch(4, of: batches) == (try epoch(0, of: batches)))
    #expect(try batches.batch(2, epoch: 0).input == Tensor([Int32(12)], shape: [1, 1]))
  }

  @Test func `the last batch can be dropped`() throws {
    #expect(
      try epoch(0, of: numbered(7).batches(of: 3, dropsLast: true)) == [[0, 1, 2], [3, 4, 5]])
    #expect(try numbered(6).batches(of: 3, dropsLast: true).batchCount == 2)
    #expect(try numbered(6).batches(of: 3).batchCount == 2)
    #expect(try numbered(6).batches(of: .max).batchCount == 1)
  }

  @Test func `each epoch has every row once, in another order`() throws {
    let batches = try numbered(50).batches(of: 8, shuffledBy: key)
    let orders = try (0 ..< 3).map { try epoch($0, of: batches).flatMap { $0 } }
    for order in orders { #expect(order.sorted() == Array(0 ..< 50)) }
    #expect(Set(orders).count == 3)
    #expect(!orders.contains(Array(0 ..< 50)))
  }

  @Test func `the key decides`() throws {
    let data = try numbered(50)
    let order = try epoch(1, of: data.batches(of: 8, shuffledBy: key))
    #expect(try epoch(1, of: data.batches(of: 8, shuffledBy: key)) == order)
    #expect(try epoch(1, of: data.batches(of: 8, shuffledBy: RandomKey(seed: 4))) != order)
  }

  @Test func `a batch does not depend on what was read before`() throws {
    let data = try numbered(50)
    let batches = try data.batches(of: 8, shuffledBy: key)
    let wanted = try batches.batch(4, epoch: 2)
    for (index, epoch) in [(0, 0), (6, 2), (4, 1), (4, 3)] {
      _ = try batches.batch(index, epoch: epoch)
    }
    #expect(try batches.batch(4, epoch: 2) == wanted)
    #expect(try data.batches(of: 8, shuffledBy: key).batch(4, epoch: 2) == wanted)
  }

  @Test func `threads may read different epochs at once`() async throws {
    let batches = try numbered(50).batches(of: 8, shuffledBy: key)
    let alone = try (0 ..< 8).map { try batches.batch(1, epoch: $0) }
    let together = try await withThrowingTaskGroup(of: (Int, Batch).self) { group in
      for number in 0 ..< 64 {
        group.addTask { (number % 8, try batches.batch(1, epoch: number % 8)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for (epoch, batch) in together { #expect(batch == alone[epoch]) }
  }

  @Test func `weights and named inputs come along`() throws {
    let data = try Dataset(
      inputs: ["a": Tensor.range(5), "b": Tensor.range(5) * 10], targets: Tensor.range(5),
      weights: Tensor.range(5, elementType: .float32))
    let batch = try data.batches(of: 2, shuffledBy: key).batch(0, epoch: 0)
    #expect(batch.inputs["b"] == batch.targets * 10)
    #expect(batch.weights == batch.targets.cast(to: .float32))
  }

  @Test func `impossible sizes and numbers are refused`() throws {
    let data = try numbered(3)
    for size in [0, -1] {
      let error = #expect(throws: OperationError.self) { try data.batches(of: size) }
      #expect(error?.message == "batches(of:) needs a size of at least 1, got \(size)")
    }
    let error = #expect(throws: OperationError.self) { try data.batches(of: 4, dropsLast: true) }
    #expect(error?.got == "3 rows for batches of 4")
    let batches = try data.batches(of: 2)
    for (index, epoch) in [(2, 0), (-1, 0), (0, -1)] {
      #expect(throws: OperationError.self) { try batches.batch(index, epoch: epoch) }
    }
  }
}
