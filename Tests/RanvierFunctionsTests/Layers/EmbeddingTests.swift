import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct EmbeddingTests {
  let table = Tensor([[1.0, 2], [3, 4], [5, 6]])

  @Test(.tags(.golden), arguments: try Golden("embedding").cases)
  func `equals PyTorch`(name: String) throws {
    let tensors = try Golden("embedding").tensors(name)
    let ids = tensors["ids"]
    expectGolden(tensors, inputs: ["table"], name) { embedding(ids, table: $0[0]) }
  }

  @Test func `refuses integers outside of the table where they are known`() {
    for (ids, got) in [
      (Tensor([-1, 0, 3, 99] as [Int32]), "-1 in ids i32[4]"),
      (Tensor([[0, 3]] as [[UInt8]]), "3 in ids u8[1, 2]"),
      (Tensor([Int64.max]), "9223372036854775807 in ids i64[1]"),
    ] {
      expectError(
        embedding(ids, table: table), "embedding needs integers in 0 ..< 3, got \(got)")
    }
    // Also while something else is being recorded.
    let (table, ids) = (table, Tensor([3] as [Int32]))
    #expect(throws: OperationError.self) { try compile { embedding(ids, table: $0) }(table) }
  }

  @Test func `clamps integers outside of the table where they are not known`() throws {
    let table = table
    let ids = Tensor([-1, 0, 3, 99] as [Int32])
    let rows = try compile { embedding($0, table: table) }(ids)
    #expect(rows == Tensor([[1.0, 2], [1, 2], [5, 6], [5, 6]]))
    #expect(embedding(Tensor.zeros([0], elementType: .int32), table: table).shape == [0, 2])
  }

  @Test(arguments: [1, -2]) func `the padding index gives zeros, and its row is not learnt`(
    index: Int
  ) {
    let ids = Tensor([1, 0, 1, 2] as [Int32])
    #expect(
      embedding(ids, table: table, paddingIndex: index)
        == Tensor([[0.0, 0], [1, 2], [0, 0], [5, 6]]))
    let slope = gradient(at: table) { (table: Tensor) in
      embedding(ids, table: table, paddingIndex: index).sum()
    }
    #expect(slope == Tensor([[1.0, 1], [0, 0], [1, 1]]))
    expectError(
      embedding(ids, table: table, paddingIndex: 3),
      "embedding needs a padding index in -3 ..< 3, got 3")
  }

  @Test func `derivatives may be means over the uses of a row`() {
    let ids = Tensor([2, 0, 2, 2] as [Int32])
    #expect(embedding(ids, table: table, scalingByFrequency: true) == embedding(ids, table: table))
    let slope = gradient(at: table) { (table: Tensor) in
      let rows = embedding(ids, table: table, scalingByFrequency: true)
      return (rows * Tensor([[1.0, 1], [1, 1], [2, 5], [3, 3]])).sum()
    }
    expectClose(slope, Tensor([[1.0, 1], [0, 0], [2, 3]]), relative: 1e-12)
  }

  @Test func `equal integers add up in the derivative`() {
    let slope = gradient(at: table) { (table: Tensor) in
      embedding(Tensor([2, 0, 2] as [Int32]), table: table).sum()
    }
    #expect(slope == Tensor([[1.0, 1], [0, 0], [2, 2]]))
  }

  @Test func `says what does not fit`() {
    expectError(
      embedding(Tensor([1.0]), table: table),
      """
      embedding needs integers and a table [vocabulary, features], got ids f64[1], table \
      f64[3, 2]; convert with cast(to: .int32)
      """)
    expectError(
      embedding(Tensor.range(2), table: table[0]),
      "embedding needs integers and a table [vocabulary, features], got ids i32[2], table f64[2]")
    expectError(
      embedding(Tensor.range(2), table: Tensor.zeros([0, 3])),
      """
      embedding needs an axis of the tensor that is not empty, and positions of type i64, got \
      axis 0 of f32[0, 3], positions i64[2]
      """)
  }

  @Test func `positions are added row by row`() {
    let x = Tensor.ones([2, 2, 2], elementType: .float64)
    #expect(
      positionEmbedding(x, table: table)
        == Tensor([[[2.0, 3], [4, 5]], [[2, 3], [4, 5]]]))
    #expect(positionEmbedding(x[0], table: table) == Tensor([[2.0, 3], [4, 5]]))
    expectGradientsMatch(at: [x, table], "positionEmbedding") {
      positionEmbedding($0[0], table: $0[1])
    }
    // Rows that are not used have no derivative.
    let slope = gradient(at: table) { positionEmbedding(x, table: $0).sum() }
    #expect(slope == Tensor([[2.0, 2], [2, 2], [0, 0]]))
  }

  @Test func `says which positions do not fit`() {
    let rule =
      "positionEmbedding needs x [..., tokens, features] and a table [at least tokens, features]"
    expectError(
      positionEmbedding(Tensor.ones([4, 2]), table: table), "\(rule), got x [4, 2], table [3, 2]")
    expectError(
      positionEmbedding(Tensor.ones([2, 3]), table: table), "\(rule), got x [2, 3], table [3, 2]")
    expectError(
      positionEmbedding(Tensor.ones([2]), table: table), "\(rule), got x [2], table [3, 2]")
  }
}
