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

  @Test func `clamps integers outside of the table`() {
    let ids = Tensor([-1, 0, 3, 99] as [Int32])
    #expect(embedding(ids, table: table) == Tensor([[1.0, 2], [1, 2], [5, 6], [5, 6]]))
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
