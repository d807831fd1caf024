import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Fused loops over numbers of 16 bits.
struct LoopStepsTests {
  private func types(_ type: ElementType, _ shapes: Shape...) -> [TensorType] {
    shapes.map { TensorType(type, $0) }
  }

  /// The steps of the only region: names for conversions and reductions, `.` for others.
  private func steps(
    of types: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) throws -> [String] {
    let graph = Fusion.run(Simplification.run(Graph(recording: types, function)))
    #expect(graph.verify() == nil)
    let regions = graph.nodes.compactMap { $0.primitive as? FusedElements }
    #expect(regions.count == 1 && graph.nodes.count == 1, "\(graph)")
    return try #require(regions.first).loop.steps.map {
      switch $0.operation {
      case .cast(let from, let to): "\(from) to \(to)"
      case .reduce(_, let type): "reduce \(type)"
      case .sumOfProducts(let type): "products' sum \(type)"
      case .element(_, let type): "\(type)"
      case .spread(let type): "spread \(type)"
      case .randomBits: "bits"
      case .sumColumns(let type, _): "columns \(type)"
      }
    }
  }

  @Test(arguments: [ElementType.bfloat16, .float16])
  func `a chain is widened once and rounded once`(type: ElementType) throws {
    let chain = { @Sendable (x: [Tensor]) in [tanh(x[0] * x[1] + x[0]) * x[1]] }
    let steps = try steps(of: types(type, [97], [97]), chain)
    #expect(
      steps.filter { $0 == "\(type) to f32" }.count == 2
        && steps.filter { $0 == "f32 to \(type)" }.count == 1
        && steps.filter { $0 == "f32" }.count == 4 && steps.count == 7, "\(steps)")
    var generator = TestGenerator(salt: "chain")
    let x = (0 ..< 2).map { _ in Tensor.random([97], using: &generator).cast(to: type) }
    let exact = chain(x.map { $0.cast(to: .float32) })[0].cast(to: type)
    #expect(try compile { (x: [Tensor]) in chain(x) }(x)[0] == exact)
  }

  @Test func `conversions within a region disappear`() throws {
    let steps = try steps(of: types(.float32, [9])) { x in
      [((x[0] + 1).cast(to: .bfloat16) * 2).cast(to: .float32) - 1]
    }
    #expect(steps == ["f32", "f32", "f32"])
  }

  @Test func `a value that is written twice, or read only, has places of its own`() throws {
    let function = compile { (x: [Tensor]) -> [Tensor] in
      let sum = x[0] + x[1]
      let narrow = sum.cast(to: .bfloat16)
      return [sum, narrow, narrow.cast(to: .float32), x[0].cast(to: .bfloat16).cast(to: .float32)]
    }
    let x = [Tensor([1.001 as Float, 2, 3]), Tensor([0.5 as Float, -7, 1e-3])]
    let sum = x[0] + x[1]
    let results = try function(x)
    #expect(results[0] == sum)
    #expect(results[1] == sum.cast(to: .bfloat16))
    expectClose(results[2], sum, relative: 0x1p-8)
    expectClose(results[3], x[0], relative: 0x1p-8)
  }

  @Test func `wider types are rounded once`() throws {
    // Rounded to f32 first, it would lie half-way between two bf16 and go to the even one.
    let x = Tensor([1 + 0x1p-8 + 0x1p-40, 3.0])
    let function = compile { (x: Tensor) in [(x * 1.0).cast(to: .bfloat16)] }
    #expect(try function(x)[0] == x.cast(to: .bfloat16))
    let whole = Tensor([(1 << 24) + (1 << 16) + 1, 5] as [Int64])
    let counts = compile { (x: Tensor) in (x + 0 * x).cast(to: .bfloat16) }
    #expect(try counts(whole) == whole.cast(to: .bfloat16))
  }

  @Test(arguments: [ElementType.bfloat16, .float16])
  func `rows are reduced in f32`(type: ElementType) throws {
    let softmax = { @Sendable (x: [Tensor]) -> [Tensor] in
      let powers = exp(x[0] - x[0].max(alongAxes: [1], keepingAxes: true))
      return [powers / powers.sum(alongAxes: [1], keepingAxes: true)]
    }
    let steps = try steps(of: types(type, [5, 40]), softmax)
    #expect(steps.filter { $0 == "reduce f32" }.count == 2, "\(steps)")
    #expect(steps.first == "\(type) to f32" && steps.last == "f32 to \(type)")
    #expect(steps.filter { $0.contains(" to ") }.count == 2)
    var generator = TestGenerator(salt: "rows")
    let x = Tensor.random([5, 40], from: -3, to: 3, using: &generator).cast(to: type)
    let exact = softmax([x.cast(to: .float64)])[0]
    let compiled = try compile { (x: [Tensor]) in softmax(x) }([x])[0]
    #expect(compiled.elementType == type)
    expectClose(
      compiled, exact, relative: type == .bfloat16 ? 0x1.02p-8 : 0x1.1p-11, absolute: 1e-7)
  }

  @Test func `values for each row and operands that broadcast are widened where they are read`()
    throws
  {
    let function = { (x: [Tensor]) -> [Tensor] in
      let scaled = x[0] * x[1] + x[2]
      let largest = scaled.max(alongAxes: [1], keepingAxes: true) * x[3]
      return [scaled - largest, largest]
    }
    let inputs = types(.bfloat16, [6, 30], [30], [6, 1], [])
    var generator = TestGenerator(salt: "broadcast")
    let x = inputs.map { Tensor.random($0.shape, using: &generator).cast(to: .bfloat16) }
    let exact = function(x.map { $0.cast(to: .float64) })
    let compiled = Plan(Graph(recording: inputs, function)).results(x)
    for (actual, expected) in zip(compiled, exact) {
      expectClose(actual, expected, relative: 0x1.02p-8, absolute: 1e-6)
    }
  }
}
