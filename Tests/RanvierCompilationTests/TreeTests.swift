import RanvierCompilation
import RanvierTensors
import Synchronization
import TestSupport
import Testing

/// What goes into compiled functions and comes out of them.
struct TreeTests {
  private struct Line: TensorTree, Equatable {
    var slope: Tensor
    var offset: Tensor?

    func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Line {
      Line(slope: try slope.mapTensors(transform), offset: try offset.mapTensors(transform))
    }

    func appendStructure(to structure: inout [TreeStructure]) {
      offset.appendStructure(to: &structure)
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increase() { count.withLock { $0 += 1 } }
  }

  private let x = Tensor([Float(1), 2, 3])
  private let y = Tensor([Float(4), 5, 6])

  @Test func `inputs, constants and repeated results can be returned`() throws {
    let constant = Tensor([Float(7)])
    let function = compile { (x: Tensor, y: Tensor) in
      let sum = x + y
      return [x, constant, sum, sum, sum.reshaped(to: [3, 1]), y, x, Tensor(Int32(3))]
    }
    for _ in 0 ..< 2 {
      let results = try function(x, y)
      let sum = x + y
      let expected = [x, constant, sum, sum, sum.reshaped(to: [3, 1]), y, x, Tensor(Int32(3))]
      #expect(results == expected)
    }
  }

  @Test func `results do not share memory with inputs or each other`() throws {
    let function = compile { (x: Tensor) in [x, x, x + 0] }
    var results = try function(x)
    results[0][0] = Tensor(Float(9))
    #expect(results[1] == x && results[2] == x)
    #expect(x.scalars(as: Float.self) == [1, 2, 3])
    #expect(try function(x)[0] == x)
  }

  @Test func `functions without tensors among their inputs run`() throws {
    let function = compile { (list: [Tensor]) in list.reduce(Tensor([Float(1)])) { $0 + $1 } }
    #expect(try function([]) == Tensor([Float(1)]))
    let nothing = compile { (list: [Tensor]) in list }
    #expect(try nothing([]) == [])
    let random = compile { (list: [Tensor]) in RandomKey(seed: 3).normal([4]) }
    expectClose(try random([]), RandomKey(seed: 3).normal([4]))
  }

  @Test func `empty tensors pass through`() throws {
    let function = compile { (x: Tensor, w: Tensor) in
      [relu(matmul(x, w) + 1), exp(x), x.sum(alongAxes: [0]), x.reshaped(to: [-1, 2])]
    }
    let (x, w) = (Tensor.zeros([0, 2]), Tensor.ones([2, 3]))
    let results = try function(x, w)
    #expect(results.prefix(3).map(\.shape) == [[0, 3], [0, 2], [2]])
    #expect(results[2] == Tensor.zeros([2]))
    let update = compileUpdate { (x: inout Tensor) in
      x = x * 2
      return x.sum()
    }
    var state = Tensor.zeros([0, 5])
    #expect(try update(&state) == Tensor(Float(0)))
    #expect(state.shape == [0, 5])
  }

  @Test func `dictionaries, arrays, optionals and structs are trees`() throws {
    let function = compile { (lines: [String: [Line]], x: Tensor) in
      lines.mapValues { $0.map { Line(slope: $0.slope * x, offset: $0.offset.map { $0 + x }) } }
    }
    let lines = ["a": [Line(slope: x, offset: nil), Line(slope: y, offset: x)], "b": []]
    let expected = [
      "a": [Line(slope: x * x, offset: nil), Line(slope: y * x, offset: x + x)], "b": [],
    ]
    #expect(try function(lines, x) == expected)
  }

  @Test func `another structure makes another plan`() throws {
    let counter = Counter()
    let function = compile { (p: Parameters, weight: Tensor?, list: [Tensor]) in
      counter.increase()
      return [
        p.contains("a") ? p["a"] : p["b"], weight ?? Tensor(Float(1)),
        list.last ?? Tensor(Float(0)),
      ]
    }
    func first(_ p: Parameters, _ weight: Tensor?, _ list: [Tensor]) throws -> Tensor {
      try function(p, weight, list)[0]
    }
    #expect(try first(["a": x, "c": y], nil, []) == x)
    #expect(try first(["a": y, "c": x], nil, []) == y)
    #expect(counter.value == 1)
    #expect(try first(["c": x, "b": y], nil, []) == y)
    #expect(counter.value == 2, "other names")
    // The same tensors divided otherwise.
    #expect(try first(["a": x, "c": y], x, [y]) == x)
    #expect(try first(["a": x, "c": y], nil, [x, y]) == x)
    #expect(counter.value == 4, "other counts")
    #expect(try function(["a": x, "c": y], x, [])[1] == x)
    #expect(try function(["a": x, "c": y], nil, [x])[1] == Tensor(Float(1)))
    #expect(counter.value == 6)
    _ = try first(["a": x.cast(to: .float64), "c": y], nil, [])
    _ = try first(["a": x.reshaped(to: [3, 1]), "c": y], nil, [])
    #expect(counter.value == 8, "other types and shapes")
  }

  @Test func `dictionaries that nest differently have different structures`() throws {
    let function = compile { (trees: [[String: Tensor]]) in trees.map { Tensor(Int32($0.count)) } }
    #expect(try function([["a": x, "b": y], [:]]).map { $0.scalar(as: Int.self) } == [2, 0])
    #expect(try function([["a": x], ["b": y]]).map { $0.scalar(as: Int.self) } == [1, 1])
  }

  @Test func `a plan is made once for each set of shapes`() throws {
    let counter = Counter()
    let function = compile { (x: Tensor) in
      counter.increase()
      return x * 2
    }
    for rows in [3, 5, 3, 5, 3] { _ = try function(Tensor.ones([rows])) }
    #expect(counter.value == 2)
  }

  @Test func `an update that throws leaves its state as it was`() throws {
    struct Refusal: Error {}
    let update = compileUpdate { (p: inout Parameters, x: Tensor) in
      p["w"] = p["w"] + x
      if x.rank == 2 { throw Refusal() }
      return x.sum()
    }
    var state: Parameters = ["w": x * 1]
    let before = x
    _ = try update(&state, y)
    #expect(state["w"] == before + y)
    let after = before + y
    #expect(throws: Refusal.self) { try update(&state, Tensor.ones([3, 3])) }
    #expect(state["w"] == after)
    // A wrong operation, and a tensor that carries an error.
    #expect(throws: OperationError.self) { try update(&state, Tensor.ones([4])) }
    #expect(state["w"] == after)
    #expect(throws: OperationError.self) {
      try update(&state, matmul(x, y.reshaped(to: [3, 1]).squeezed()) + Tensor.ones([7]))
    }
    #expect(state["w"] == after)
    _ = try update(&state, y)
    #expect(state["w"] == after + y)
  }

  @Test func `kept copies of a state are never changed`() throws {
    let update = compileUpdate { (p: inout [Tensor]) in
      p = p.map { $0 * 2 }
      return p[0].sum()
    }
    var state = [x * 1, y * 1]
    var kept: [[Tensor]] = []
    for step in 0 ..< 6 {
      if step % 2 == 0 { kept.append(state) }
      _ = try update(&state)
    }
    for (index, copy) in kept.enumerated() {
      let factor = Double(1 << (2 * index))
      #expect(copy == [x * factor, y * factor])
    }
    // One tensor twice in a state has two owners.
    var twins = [state[0], state[0]]
    let other = compileUpdate { (p: inout [Tensor]) in
      p = [p[0] + 1, p[1] * 0]
      return p[0]
    }
    _ = try other(&twins)
    #expect(twins == [state[0] + 1, state[0] * 0])
  }

  @Test func `an update may change the structure of its state`() throws {
    let update = compileUpdate { (p: inout [Tensor]) in
      p.append(p[p.count - 1] * 2)
      return p[0].sum()
    }
    var state = [x]
    for count in 2 ... 4 {
      #expect(try update(&state) == x.sum())
      #expect(state == (0 ..< count).map { x * Double(1 << $0) })
    }
    // As many tensors, in other places.
    let move = compileUpdate { (p: inout TreePair<[Tensor], [Tensor]>) in
      p = TreePair([], p.first + p.second)
      return x.sum()
    }
    var pair = TreePair([x], [y])
    _ = try move(&pair)
    #expect(pair.first == [] && pair.second == [x, y])
  }

  @Test func `a state keeps what no plan depends on`() throws {
    struct Named: TensorTree {
      var name: String
      var value: Tensor
      func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Named {
        Named(name: name, value: try transform(value))
      }
    }
    let update = compileUpdate { (p: inout Named) in
      p.value = p.value + 1
      return p.value.sum()
    }
    for name in ["first", "second"] {
      var state = Named(name: name, value: x)
      _ = try update(&state)
      #expect(state.name == name && state.value == x + 1)
    }
  }

  @Test func `compiled functions can be parts of others`() throws {
    let inner = compile { (x: Tensor) in exp(x) }
    let outer = compile { (x: Tensor) in try inner(x) * 2 }
    expectClose(try outer(x), exp(x) * 2)
    let slope = try gradient(at: x) { try inner($0).sum() }
    expectClose(slope, exp(x))
  }
}
