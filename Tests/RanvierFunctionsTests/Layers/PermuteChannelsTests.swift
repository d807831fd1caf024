import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PermuteChannelsTests {
  @Test func `BGRA becomes RGBA`() {
    let x = Tensor([[3, 2, 1, 4], [30, 20, 10, 40]] as [[UInt8]])
    let y = permuteChannels(x, order: [2, 1, 0, 3])
    #expect(y == Tensor([[1, 2, 3, 4], [10, 20, 30, 40]] as [[UInt8]]))
    #expect(permuteChannels(y, order: [2, 1, 0, 3]) == x)
  }

  @Test func `any order, and its derivative`() throws {
    let orders = [
      [0, 1, 2], [1, 0], [2, 0, 1], [4, 5, 2, 3, 0, 1], [2, 3, 4, 5, 0, 1], [1, 2, 3, 4, 5, 0],
      [3, 4, 5, 0, 1, 2], [0, 1, 4, 5, 6, 7, 2, 3], Array((0 ..< 37).reversed()), [0], [],
    ]
    for order in orders {
      for type in [ElementType.float32, .bfloat16, .uint8, .int64] {
        // Small numbers, which all types hold.
        func numbers(_ indices: [Int]) -> Tensor {
          Tensor(indices.map { Double($0 % 251) }).cast(to: type)
            .reshaped(to: [4, 10, order.count])
        }
        let x = numbers(Array(0 ..< 40 * order.count))
        let moved = (0 ..< 40).flatMap { row in order.map { row * order.count + $0 } }
        #expect(permuteChannels(x, order: order) == numbers(moved), "\(order) of \(type)")
      }
      let x = RandomKey(seed: 3).normal([2, order.count])
      try expectCompiledMatches(at: [x], "\(order)") { permuteChannels(sin($0[0]), order: order) }
      expectGradientsMatch(at: [x.cast(to: .float64)], "\(order)") {
        permuteChannels(sin($0[0]), order: order)
      }
    }
  }

  @Test func `the derivative moves channels back in one pass`() {
    let x = TensorType(.float32, [3, 4])
    let graph = Graph(recording: [x]) { operands in
      [
        gradient(at: operands[0]) {
          (permuteChannels($0, order: [2, 1, 0, 3]) * operands[0]).sum()
        }
      ]
    }
    let names = Simplification.run(graph).nodes.map(\.primitive.name)
    #expect(names.contains("gather") && !names.contains { $0.hasPrefix("scatter") }, "\(names)")
  }

  @Test func `says what does not fit`() {
    for order in [[0, 1], [0, 0, 1], [1, 2, 3]] {
      expectError(
        permuteChannels(Tensor.ones([2, 3]), order: order),
        "permuteChannels needs an order of all channels, each once, got \(order) for x [2, 3]")
    }
  }
}
