import RanvierTensors
import TestSupport
import Testing

@Suite struct TensorTreeTests {
  @Test func `visits tensors in a fixed order`() {
    let tree = TreePair(["b": Tensor(2.0), "a": Tensor(1.0)], [Tensor(3.0), Tensor(4.0)])
    #expect(tree.tensors == [Tensor(1.0), Tensor(2.0), Tensor(3.0), Tensor(4.0)])
    let map: Parameters = ["z": Tensor(1.0), "y": Tensor(2.0)]
    #expect(map.tensors == [Tensor(1.0), Tensor(2.0)])
    #expect(Tensor(5.0).tensors == [Tensor(5.0)])
    #expect((nil as Tensor?).tensors == [])
    #expect(RandomKey(seed: 1).tensors == [Tensor([UInt32(0), 1])])
  }

  @Test func `replaces tensors in the same order`() {
    let tree = TreePair(["b": Tensor(2.0), "a": Tensor(1.0)], [Tensor(3.0)])
    let replaced = tree.replacingTensors(with: [Tensor(10.0), Tensor(20.0), Tensor(30.0)])
    #expect(replaced.first == ["a": Tensor(10.0), "b": Tensor(20.0)])
    #expect(replaced.second == [Tensor(30.0)])
    #expect(tree.replacingTensors(with: tree.tensors).tensors == tree.tensors)
  }

  @Test func `updates tensors in the same order`() {
    var tree = TreePair(
      ["b": Tensor(2.0), "a": Tensor(1.0)], [[Tensor(3.0)], [], [Tensor(4.0), Tensor(5.0)]])
    let before = tree
    var visited: [Tensor] = []
    tree.updateTensors {
      visited.append($0)
      $0 = $0 * 10
    }
    #expect(visited == before.tensors)
    #expect(tree.tensors == before.tensors.map { $0 * 10 })
    #expect(tree.second.map(\.count) == [1, 0, 2])
    #expect(before.tensors[0] == Tensor(1.0))

    var map: Parameters? = ["z": Tensor(1.0), "y": Tensor(2.0)]
    map?.updateTensors { $0 = $0 + 1 }
    #expect(map == ["z": Tensor(2.0), "y": Tensor(3.0)] as Parameters)
    var missing: Tensor?
    missing.updateTensors { $0 = $0 + 1 }
    #expect(missing == nil)
  }

  @Test func `replacing with too few tensors traps with text`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = [Tensor(1.0), Tensor(2.0)].replacingTensors(with: [Tensor(1.0)])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("needs as many tensors as the tree has, got 1"))
  }
}
