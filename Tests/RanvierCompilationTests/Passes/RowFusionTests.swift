import CKernels
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Regions that reduce the rows of their data and go on with the results.
@Suite struct RowFusionTests {
  private func fused(_ inputs: [TensorType], _ function: ([Tensor]) -> [Tensor]) -> Graph {
    Fusion.run(Epilogues.run(Simplification.run(Graph(recording: inputs, function))))
  }

  private static func softmax(_ x: Tensor) -> Tensor {
    let e = exp(x - x.max(alongAxes: [-1], keepingAxes: true))
    return e / e.sum(alongAxes: [-1], keepingAxes: true)
  }

  private static func normalized(_ x: Tensor, _ scale: Tensor, _ offset: Tensor) -> Tensor {
    let centered = x - x.mean(alongAxes: [-1], keepingAxes: true)
    let variance = square(centered).mean(alongAxes: [-1], keepingAxes: true)
    return centered / sqrt(variance + 1e-5) * scale + offset
  }

  @Test func `results too large for the caches are those of their parts`() throws {
    // More than 16 MiB, in rows that begin anywhere.
    let (rows, columns) = (4100, 1027)
    let key = RandomKey(seed: 5)
    let x = key.uniform([rows, columns])
    let function: @Sendable (Tensor) -> [Tensor] = { x in
      let y = Self.softmax(x * 3)
      return [y, sin(x) + y, x.cast(to: .bfloat16)]
    }
    let whole = try compile(function)(x)
    for part in [0 ..< 1000, 1000 ..< 2051, 4000 ..< 4100] {
      let results = try compile(function)(x[part])
      for (result, expected) in zip(whole, results) { #expect(result[part] == expected) }
    }
  }

  @Test func `softmax is one loop`() {
    let graph = fused([TensorType(.float32, [5, 7])]) { [Self.softmax($0[0])] }
    #expect(graph.verify() == nil)
    #expect(
      graph.nodes.map { "\($0.primitive)" } == [
        "fused(maximum_reduction, reshape, subtract, exponential, sum, reshape, divide)"
      ])
  }

  @Test func `a loop makes more values than it may read`() {
    let type = TensorType(.float32, [5, 7])
    let graph = fused([type]) { x in
      [(0 ..< 45).reduce(x[0]) { value, _ in sin(value) }.sum(alongAxes: [1])]
    }
    #expect(graph.verify() == nil)
    #expect(graph.nodes.count == 1)
  }

  @Test func `the gradient of softmax is one loop with it`() {
    let type = TensorType(.float32, [5, 7])
    let graph = fused([type, type]) { x in
      [gradient(at: x[0]) { (Self.softmax($0) * x[1]).sum() }]
    }
    #expect(graph.verify() == nil)
    #expect(graph.nodes.count == 1)
  }

  @Test func `layer normalization is one loop`() {
    let graph = fused([
      TensorType(.float32, [2, 3, 9]), TensorType(.float32, [9]), TensorType(.float32, [9]),
    ]) { [Self.normalized($0[0], $0[1], $0[2])] }
    #expect(graph.verify() == nil)
    #expect(graph.nodes.count == 1)
  }

  @Test func `a row vector of the same size as the rows is not mistaken for one value a row`()
    throws
  {
    let x = Tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]])
    let function: @Sendable (Tensor) -> Tensor = { x in
      x * x.sum(alongAxes: [1]) - exp(x.sum(alongAxes: [1]))
    }
    expectClose(try compile(function)(x), function(x))
  }

  /// Functions of a matrix or more axes, a row vector and one value for each row.
  private static let functions: [(name: String, function: @Sendable ([Tensor]) -> [Tensor])] = [
    ("softmax", { [softmax($0[0])] }),
    ("normalization", { [normalized($0[0], $0[1], $0[1] + 1)] }),
    (
      "logarithm of sums",
      { x in
        let top = x[0].max(alongAxes: [-1])
        let sums = exp(x[0] - top.expandedDimension(at: -1)).sum(alongAxes: [-1])
        return [log(sums) + top, top]
      }
    ),
    (
      "several outputs of both kinds",
      { x in
        let middle = tanh(x[0]) * x[1]
        let sum = middle.sum(alongAxes: [-1], keepingAxes: true)
        return [middle, sum, middle / (sum * sum + 1), sum.squeezed(axes: [-1]) * 2]
      }
    ),
    (
      "values for each row from outside",
      { x in
        let sums = (x[0] * x[2]).sum(alongAxes: [-1], keepingAxes: true)
        return [x[0] * (sums + x[2]), sums * x[2] - 1]
      }
    ),
    (
      "other types",
      { x in
        let positive = greater(x[0], 0)
        let count = positive.cast(to: .int32).sum(alongAxes: [-1], keepingAxes: true)
        let some = positive.any(alongAxes: [-1], keepingAxes: true)
        return [
          select(some, x[0] / maximum(count, 1).cast(to: .float64), x[0]),
          positive.all(alongAxes: [-1]), x[0].min(alongAxes: [-1]),
          x[0].product(alongAxes: [-1]),
        ]
      }
    ),
    (
      "gradients",
      { x in
        let pair = gradient(at: x[0], x[1]) { y, scale in
          (square(normalized(softmax(y), scale, scale)) * x[2]).sum()
        }
        return [pair.0, pair.1]
      }
    ),
  ]

  private static let shapes: [Shape] = [
    [3, 5], [1, 6], [6, 1], [2, 3, 4], [1, 1, 7], [700, 3], [5, 1300], [2, 20000], [0, 4], [3, 0],
    [2, 2, 1, 3],
  ]

  @Test(arguments: functions.map(\.name))
  func `results equal those of the operations one by one`(_ name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name }).function
    for shape in Self.shapes {
      // Nothing has a greatest element.
      if shape.sizes.last == 0 && name != "values for each row from outside" { continue }
      var generator = TestGenerator(salt: "\(name) \(shape)")
      let rows = Shape(shape.sizes.dropLast() + [1])
      let inputs = [shape, Shape([shape[-1]]), rows].map {
        Tensor.random($0, from: -1.5, to: 1.5, using: &generator)
      }
      for type in [ElementType.float64, .float32] where type == .float64 || name != "other types" {
        let operands = inputs.map { $0.cast(to: type) }
        let graph = Graph(recording: operands.map(\.type), function)
        #expect(fused(operands.map(\.type), function).verify() == nil)
        let results = Plan(graph).results(operands)
        let tolerance = type == .float64 ? 1e-11 : 2e-4
        for (result, expected) in zip(results, function(operands)) {
          #expect(result.type == expected.type)
          expectClose(
            result, expected, relative: tolerance, absolute: tolerance, "\(name) \(shape)")
        }
      }
    }
  }

  @Test func `reference evaluation of a region equals the operations'`() {
    for shape in [[4, 6], [2, 3, 5]] as [Shape] {
      var generator = TestGenerator(salt: "reference \(shape)")
      let x = Tensor.random(shape, from: -2, to: 2, using: &generator)
      let graph = fused([x.type]) { [Self.softmax($0[0])] }
      for node in graph.nodes {
        guard let region = node.primitive as? FusedElements else { continue }
        let results = region.evaluate([ReferenceArray(x)], [x.type])
        expectClose(Tensor(results[0]), Self.softmax(x), relative: 1e-13, absolute: 1e-14)
      }
    }
  }

  @Test func `many values of a row that are needed at once stay within the loop's memory`() throws {
    // One value read by sixty different chains, all of which are needed at the end.
    let function: @Sendable (Tensor) -> Tensor = { x in
      let sum = x.sum(alongAxes: [1], keepingAxes: true)
      var early: [Tensor] = []
      var next = x - sum
      for _ in 0 ..< 45 {
        next = tanh(next)
        early.append(next)
      }
      return early.reversed().reduce(early.reduce(x) { $0 * $1 }) { $0 + $1 }
    }
    for shape in [[3, 40], [2, 12000]] as [Shape] {
      let graph = fused([TensorType(.float64, shape)]) { [function($0[0])] }
      for node in graph.nodes {
        guard let loop = (node.primitive as? FusedElements)?.loop else { continue }
        #expect(loop.registerCount <= Int(CK_LOOP_MAX_REGISTERS))
        #expect(loop.registerCount * loop.rowLength * 8 <= Int(CK_LOOP_MAX_WORKSPACE))
      }
      var generator = TestGenerator(salt: "many")
      let x = Tensor.random(shape, from: -0.1, to: 0.1, using: &generator)
      expectClose(try compile(function)(x), function(x))
    }
  }
}
