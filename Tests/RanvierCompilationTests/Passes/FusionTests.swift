import CKernels
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct FusionTests {
  private static let vector = TensorType(.float32, [6])

  private func fused(
    _ inputs: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) -> Graph {
    Fusion.run(Epilogues.run(Simplification.run(Graph(recording: inputs, function))))
  }

  @Test func `a chain becomes one region`() {
    let graph = fused([Self.vector]) { [tanh(exp(-$0[0]) * 2 + $0[0])] }
    #expect(
      graph.nodes.map { "\($0.primitive)" } == [
        "fused(negate, exponential, multiply, add, hyperbolic_tangent)"
      ])
  }

  @Test func `a region has several outputs where its values are used elsewhere`() {
    let graph = fused([Self.vector]) { x in
      let middle = exp(x[0]) + 1
      return [sin(middle), middle, middle.sum()]
    }
    #expect(graph.nodes.map { "\($0.primitive)" } == ["fused(exponential, add, sine, sum)"])
    #expect(graph.nodes[0].resultCount == 3)
  }

  @Test func `a value that two regions read is computed once`() {
    let graph = fused([Self.vector, TensorType(.float32, [3, 6])]) { x in
      let shared = exp(x[0]) + 1
      return [sin(shared), cos(shared * x[1])]
    }
    #expect(graph.verify() == nil)
    #expect(
      graph.nodes.flatMap {
        ($0.primitive as? FusedElements)?.members.map(\.primitive) ?? [$0.primitive]
      }
      .filter { $0 is Exponential }.count == 1)
  }

  @Test func `a region never waits for itself`() {
    // exp is needed by the sum over columns, whose result comes back into the last step: joining
    // all three would be a cycle.
    let graph = fused([TensorType(.float32, [4, 6])]) { x in
      let e = exp(x[0])
      return [e / e.sum(alongAxes: [0]) + e]
    }
    #expect(graph.verify() == nil)
    #expect(
      graph.nodes.map { "\($0.primitive)" } == ["fused(exponential, sum)", "fused(divide, add)"])
  }

  @Test func `results wider than operands that end do not overwrite them`() throws {
    let function = compile { (x: Tensor) in select(less(x, 0), x, x + 1) * 3 }
    let x = Tensor.linearlySpaced(from: -1, through: 1, count: 97)
    expectClose(try function(x), select(less(x, 0), x, x + 1) * 3)
    let widening = compile { (x: Tensor) in exp((x * 2).cast(to: .float64)) + 1 }
    expectClose(try widening(x), exp((x * 2).cast(to: .float64)) + 1)
  }

  @Test func `random bits read their key from memory`() throws {
    let key = RandomKey(seed: 5)
    let function = compile { (words: Tensor) in
      let key = RandomKey(words: bitwiseExclusiveOr(words, words * 3))
      return [key.bits([2]), RandomKey(words: words).bits([3, 2]) + words]
    }
    let changed = bitwiseExclusiveOr(key.words, key.words * 3)
    let results = try function(key.words)
    #expect(results[0] == RandomKey(words: changed).bits([2]))
    #expect(results[1] == key.bits([3, 2]) + key.words)
  }

  @Test(arguments: [10, 40, 100, 300])
  func `regions keep within the limits of the loops in C`(count: Int) throws {
    let types = [TensorType](repeating: Self.vector, count: count)
    let functions: [([Tensor]) -> [Tensor]] = [
      // Many inputs.
      { x in [x.dropFirst().reduce(x[0]) { $0 + $1 }] },
      // Many inputs and outputs.
      { x in
        var sum = x[0]
        return x.dropFirst().map {
          sum = sum + exp($0); return sum
        }
      },
      // Many values that are needed until the end.
      { x in
        let early = x.prefix(60).map { exp($0) }
        return [early.reversed().reduce(early.reduce(x[0]) { $0 * $1 }) { $0 + $1 }]
      },
      // A long chain.
      { x in [(0 ..< count).reduce(x[0]) { y, _ in tanh(y) }] },
    ]
    for function in functions {
      let graph = fused(types, function)
      #expect(graph.verify() == nil)
      for node in graph.nodes {
        guard let region = node.primitive as? FusedElements else { continue }
        #expect(region.loop.inputs.count + region.loop.outputs.count <= Int(CK_LOOP_MAX_BUFFERS))
        #expect(region.loop.steps.count <= Int(CK_LOOP_MAX_STEPS))
        #expect(region.loop.registerCount <= Int(CK_LOOP_MAX_REGISTERS))
      }
      var generator = TestGenerator(salt: "limits")
      let inputs = types.map {
        Tensor.random($0.shape, from: 0.9, to: 1.1, using: &generator).cast(to: .float32)
      }
      let results = Plan(Graph(recording: types, function)).results(inputs)
      for (result, expected) in zip(results, function(inputs)) {
        expectClose(result, expected, relative: 1e-4, absolute: 1e-4)
      }
    }
  }
}

extension FusionTests {
  @Test func `bits of several keys are made outside regions`() {
    let keys = TensorType(.uint32, [3, 2])
    let bits = { (x: [Tensor]) -> [Tensor] in
      [apply(RandomBits(shape: [5]), x).cast(to: .float64) * 2]
    }
    let words = Tensor(stacking: RandomKey(seed: 2).split(3).map(\.words))
    #expect(Plan(Graph(recording: [keys], bits)).results([words]) == bits([words]))
  }
}

extension Plan {
  /// The results of a run, as tensors.
  func results(_ inputs: [Tensor]) -> [Tensor] {
    var storages = inputs.compactMap(\.concreteStorage)
    return zip(outputTypes, run(&storages)).map { Tensor($0, storage: $1) }
  }
}

struct FusionOfPartsTests {
  private static let types = [TensorType(.float32, [6, 96]), TensorType(.float32, [6, 32])]

  private func fused(_ function: ([Tensor]) -> [Tensor]) -> (names: [String], Plan) {
    let plan = Plan(Graph(recording: Self.types, function))
    return (plan.graph.nodes.map(\.primitive.name), plan)
  }

  private func checkValues(_ plan: Plan, _ function: ([Tensor]) -> [Tensor]) {
    var generator = TestGenerator(salt: "parts")
    let inputs = Self.types.map {
      Tensor.random($0.shape, using: &generator).cast(to: $0.elementType)
    }
    for (result, wanted) in zip(plan.results(inputs), function(inputs)) {
      expectClose(result, wanted)
    }
  }

  @Test func `parts of a tensor are read where they lie`() {
    let gates: ([Tensor]) -> [Tensor] = { x in
      [sigmoid(x[0][.all, 0 ..< 32]) * x[1] + tanh(x[0][.all, 64 ..< 96])]
    }
    let (names, plan) = fused(gates)
    #expect(names == ["fused"])
    checkValues(plan, gates)
  }

  @Test func `a part that something else needs is made as well`() {
    let both: ([Tensor]) -> [Tensor] = { x in
      let part = x[0][.all, 32 ..< 64]
      return [exp(part) * x[1], matmul(part, x[1].transposed())]
    }
    let (names, plan) = fused(both)
    #expect(names.sorted() == ["fused", "matmul", "slice"])
    checkValues(plan, both)
  }

  @Test func `every second element is copied first`() {
    let strided: ([Tensor]) -> [Tensor] = { x in
      [exp(x[0][.all, .every(3, in: 0 ..< 96)]) * x[1]]
    }
    let (names, plan) = fused(strided)
    #expect(names == ["slice", "fused"])
    checkValues(plan, strided)
  }

  @Test func `results that read the same are computed in one loop`() {
    let siblings: ([Tensor]) -> [Tensor] = { x in
      let y = x[1] * 2
      return [exp(y) + 1, y * y, matmul(sin(y).transposed(), x[0])]
    }
    let (names, plan) = fused(siblings)
    #expect(names == ["fused", "matmul"])
    checkValues(plan, siblings)
  }

  @Test func `a loop never waits for what depends on it`() {
    let chain: ([Tensor]) -> [Tensor] = { x in
      let first = exp(x[1])
      let second = matmul(first, x[1].transposed())
      return [first + 1, matmul(second, x[1]) * x[1]]
    }
    checkValues(fused(chain).1, chain)
  }
}

/// Concatenations of what a region computes.
struct FusionOfJoinsTests {
  private func fused(
    _ shape: Shape, _ type: ElementType = .float32, _ function: ([Tensor]) -> [Tensor]
  ) -> [String] {
    let types = [TensorType(type, shape), TensorType(type, shape)]
    let plan = Plan(Graph(recording: types, function))
    var generator = TestGenerator(salt: "joins")
    let inputs = types.map { Tensor.random($0.shape, using: &generator).cast(to: $0.elementType) }
    let tolerance = type == .bfloat16 ? 2e-2 : 1e-5
    for (result, wanted) in zip(plan.results(inputs), function(inputs)) {
      expectClose(result, wanted, relative: tolerance, absolute: tolerance)
    }
    // The reference evaluation knows joined results as well.
    let reference = ReferenceInterpreter.run(plan.graph, inputs)
    for (result, wanted) in zip(reference, function(inputs)) {
      expectClose(Tensor(result), wanted, relative: tolerance, absolute: tolerance)
    }
    return plan.graph.nodes.map(\.primitive.name)
  }

  @Test(
    arguments: [[6, 32], [37, 300], [3, 5, 16]] as [Shape], [ElementType.float32, .bfloat16])
  func `parts are written where they belong`(_ shape: Shape, _ type: ElementType) {
    for axis in 0 ..< shape.rank {
      let names = fused(shape, type) { x in
        let (a, b, c) = (sin(x[0]) * x[1], x[0] + x[1], exp(-x[0] * x[0]))
        let (d, e, f) = (a * b, exp(x[1]) * 2, x[1] * x[0])
        return [
          Tensor(concatenating: [a, b, c], alongAxis: axis), d,
          Tensor(concatenating: [e, f], alongAxis: axis),
        ]
      }
      #expect(!names.contains("concatenate"), "\(shape) along \(axis): \(names)")
    }
  }

  @Test func `what is read elsewhere or twice is joined by a copy`() {
    let elsewhere = fused([6, 32]) { x in
      let (a, b) = (exp(x[0]) + 1, x[0] * x[1])
      return [Tensor(concatenating: [a, b], alongAxis: 1), matmul(a, b.transposed())]
    }
    #expect(elsewhere.contains("concatenate"))
    let twice = fused([6, 32]) { x in
      let a = exp(x[0]) + x[1]
      return [Tensor(concatenating: [a, a], alongAxis: 1)]
    }
    #expect(twice.contains("concatenate"))
    let short = fused([6, 5]) { x in
      [Tensor(concatenating: [exp(x[0]) + x[1], x[0] * x[1] + 1], alongAxis: 1)]
    }
    #expect(short.contains("concatenate"))
  }
}
