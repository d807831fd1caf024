import CKernels
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// What attention needs in a plan.
@Suite struct AttentionPlanTests {
  private static func attention(isCausal: Bool = false) -> Attention {
    Attention(isPacked: true, isCausal: isCausal, hasMask: false, scale: 0.25)
  }

  @Sendable private static func slopes(_ x: Tensor) -> Tensor {
    gradient(at: x) { x in
      let output = applyAll(attention(isCausal: true), [x])[0]
      return (output * output).sum()
    }
  }

  @Test func `memory is that of a few queries' scores`() {
    let (heads, tokens) = (8, 2048)
    let type = TensorType(.float32, [1, tokens, 3 * heads, 16])
    let plan = Plan(Graph(recording: [type]) { [Self.slopes($0[0])] })
    let scores = heads * tokens * tokens * ElementType.float32.byteCount
    // Each thread has scores and gradients of its own.
    let blocks = Int(ck_thread_count()) << 20
    #expect(plan.memory.arenaBytes < scores / 20 + blocks, "\(plan)")
    #expect(plan.memory.arenaBytes >= 2 * type.byteCount / 3, "\(plan)")
  }

  @Test(arguments: [ElementType.float64, .float32, .bfloat16, .float16])
  func `compiled gradients equal those computed at once`(_ type: ElementType) throws {
    var generator = TestGenerator(salt: "compiled attention")
    let x = Tensor.random([2, 70, 6, 5], using: &generator).cast(to: type)
    let compiled = try compile { (x: Tensor) in Self.slopes(x) }(x)
    #expect(compiled.elementType == type)
    let tolerance: Double =
      switch type {
      case .float64: 1e-13
      case .float32: 1e-5
      default: 2e-2
      }
    expectClose(compiled, Self.slopes(x), relative: tolerance, absolute: tolerance)
  }

  @Test(arguments: [false, true])
  func `its products are counted, those that causality hides left out`(_ isCausal: Bool) throws {
    let function = compile { (x: Tensor) in applyAll(Self.attention(isCausal: isCausal), [x])[0] }
    let x = Tensor.ones([2, 5, 6, 3])
    let plan = try function.plan(for: x)
    plan.startProfiling()
    _ = try function(x)
    let pairs = isCausal ? 15 : 25
    let operations = plan.profile.instructions.first { $0.operation.hasPrefix("attention") }?
      .operations
    #expect(operations == Double(2 * 2 * 2 * pairs * (3 + 3)))
    let slopes = compile { (x: Tensor) in Self.slopes(x) }
    let whole = try slopes.plan(for: x)
    whole.startProfiling()
    _ = try slopes(x)
    let gradient = whole.profile.instructions.first { $0.operation.hasPrefix("attention_gradient") }
    #expect(gradient?.operations == Double(2 * 2 * 2 * 15 * (3 * 3 + 2 * 3)))
  }
}
