import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct TransposeLayerTests {
  let input = Model.input(shape: [nil, 3, nil, 5])
  let x = randomInput([2, 3, 4, 5])

  @Test func `turns the order around behind the batch axis, or permutes`() throws {
    #expect(try input.transpose().outputShape() == [nil, 5, nil, 3])
    #expect(try input.transpose().output(for: x) == x.transposed(permutation: [0, 3, 2, 1]))
    let model = input.transpose(permutation: [1, 0, 3, 2])
    #expect(try model.outputShape() == [3, nil, 5, nil])
    #expect(try model.output(for: x) == x.transposed(permutation: [1, 0, 3, 2]))
  }

  @Test func `refuses what is no permutation`() {
    for order in [[0, 1], [0, 1, 2, 2], [1, 2, 3, 4]] {
      expectProblem(
        input.transpose(permutation: order), rule: "a permutation of all axes", got: "\(order)",
        hint: "axis 0")
    }
  }
}
