import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

@Suite(.tags(.slow)) struct RandomProgramTests {
  /// Element types with how far apart ways of computing may be.
  private static let types: [(type: ElementType, tolerance: Double)] = [
    (.float64, 1e-8), (.float32, 2e-3),
  ]

  private func expectEqual(
    _ actual: [Tensor], _ expected: [Tensor], _ tolerance: Double, _ note: String,
    _ program: RandomProgram
  ) {
    #expect(actual.count == expected.count, "\(note)\n\(program)")
    for (index, (first, second)) in zip(actual, expected).enumerated() {
      expectClose(
        first, second, relative: tolerance, absolute: tolerance,
        "\(note), result \(index) of\n\(program)")
    }
  }

  @Test(arguments: [ElementType.float64, .float32])
  func `programs give the same eagerly, compiled, and by reference after every pass`(
    type: ElementType
  ) throws {
    let tolerance = type == .float64 ? 1e-8 : 2e-3
    for number in 0 ..< 260 {
      let program = RandomProgram(
        stepCount: 4 + number % 37, elementType: type, salt: "\(type) \(number)")
      let eager = program(program.inputs)
      let compiled = try compile { (x: [Tensor]) in program(x) }(program.inputs)
      expectEqual(compiled, eager, tolerance, "compiled", program)

      var graph = Graph(recording: program.inputs.map(\.type)) { program($0) }
      let passes: [(String, (Graph) -> Graph)] = [
        ("recorded", { $0 }), ("simplified", Simplification.run), ("joined", LoopJoining.run),
        ("without invariants", LoopInvariants.run), ("with epilogues", Epilogues.run),
        ("fused", Fusion.run),
      ]
      for (name, pass) in passes {
        graph = pass(graph)
        if let problem = graph.verify() {
          Issue.record("\(name): \(problem) in\n\(graph)\nof \(program)")
        }
        let reference = ReferenceInterpreter.run(graph, program.inputs).map { Tensor($0) }
        expectEqual(eager, reference, tolerance, name, program)
      }
      let problems = MemorySimulation.problems(of: Plan(graph))
      #expect(problems.isEmpty, "\(problems)\n\(program)")
    }
  }

  @Test(arguments: [ElementType.float64, .float32])
  func `gradients of programs are the same eagerly and compiled`(type: ElementType) throws {
    let tolerance = type == .float64 ? 1e-7 : 2e-2
    for number in 0 ..< 60 {
      let program = RandomProgram(
        stepCount: 3 + number % 20, elementType: type, hasRandomBits: false,
        salt: "gradient \(type) \(number)")
      let eager = valueWithGradient(at: program.inputs) { program.total($0) }
      let compiled = try compile { (x: [Tensor]) in
        let result = valueWithGradient(at: x) { program.total($0) }
        return TreePair(result.value, result.gradient)
      }(program.inputs)
      expectEqual([compiled.first], [eager.value], tolerance, "value", program)
      expectEqual(compiled.second, eager.gradient, tolerance, "gradient", program)
    }
  }

  @Test func `programs use many primitives, also loops and branches`() {
    var uses: [String: Int] = [:]
    for number in 0 ..< 260 {
      let program = RandomProgram(stepCount: 4 + number % 37, salt: "f64 \(number)")
      for step in program.steps { uses["\(type(of: step.primitive))", default: 0] += 1 }
    }
    #expect(uses.count >= 55, "\(uses)")
    for name in ["ScanLoop", "WhileLoop", "Conditional", "Sort", "MatrixProduct", "DynamicUpdate"] {
      #expect(uses[name, default: 0] >= 10, "\(name): \(uses)")
    }
  }

  @Test func `gradients of programs are finite differences`() throws {
    for number in 0 ..< 250 {
      let program = RandomProgram(
        stepCount: 3 + number % 20, hasRandomBits: false, isSmooth: true,
        salt: "smooth \(number)")
      expectGradientsMatch(
        at: program.inputs, order: 1, relative: 1e-4, absolute: 1e-4, "\(program)"
      ) { program.total($0) }
    }
  }

  @Test func `updates by programs in place are safe`() throws {
    for number in 0 ..< 80 {
      let program = RandomProgram(stepCount: 3 + number % 15, salt: "update \(number)")
      // Each input is replaced by a result of its type where there is one, and given back or
      // exchanged where there is not.
      let update = compileUpdate { (x: inout [Tensor]) in
        let results = program(x)
        x = Self.replacing(x, by: results, rotates: number % 3 == 0)
        return results
      }
      var state = program.inputs
      let kept = state
      let results = try update(&state)
      let expected = program(program.inputs)
      expectEqual(results, expected, 1e-8, "results", program)
      expectEqual(
        state, Self.replacing(program.inputs, by: expected, rotates: number % 3 == 0), 1e-8,
        "state", program)
      expectEqual(kept, program.inputs, 0, "kept copies", program)
      // Now the state has one owner, and is really updated in place.
      let before = state
      let copies = before.map {
        Tensor($0.scalars(as: Double.self), shape: $0.shape).cast(to: $0.elementType)
      }
      guard zip(before, program.inputs).allSatisfy({ $0.type == $1.type }) else { continue }
      var owned = copies.map { $0 + Tensor(0, elementType: $0.elementType) }
      let again = try update(&owned)
      expectEqual(again, program(copies), 1e-8, "results of the second step", program)
      expectEqual(
        owned, Self.replacing(copies, by: program(copies), rotates: number % 3 == 0), 1e-8,
        "state after the second step", program)
      let problems = MemorySimulation.problems(of: try update.plan(for: owned))
      #expect(problems.isEmpty, "\(problems)\n\(program)")
    }
  }

  private static func replacing(_ inputs: [Tensor], by results: [Tensor], rotates: Bool) -> [Tensor]
  {
    var next = inputs.map { input in results.first { $0.type == input.type } ?? input }
    if rotates {
      for index in next.indices.dropLast() where next[index].type == next[index + 1].type {
        next.swapAt(index, index + 1)
      }
    }
    return next
  }
}
