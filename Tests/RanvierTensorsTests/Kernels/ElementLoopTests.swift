import CKernels
import RanvierTensors
import TestSupport
import Testing

struct ElementLoopTests {
  @Test func `a wide result never takes the register of a narrow operand`() {
    // select(a < b, a + b, a - b): the bool is used for the last time where an f32 is made.
    let shape: Shape = [100]
    func element(_ operation: ck_op, _ operands: [Int], _ type: ElementType) -> ElementLoop.Step {
      .init(.element(operation.rawValue, .float32), operands: operands, resultType: type)
    }
    let loop = ElementLoop(
      shape: shape, inputs: [.init(.float32, shape), .init(.float32, shape)],
      steps: [
        element(CK_OP_LESS, [0, 1], .bool), element(CK_OP_ADD, [0, 1], .float32),
        element(CK_OP_SUBTRACT, [0, 1], .float32), element(CK_OP_SELECT, [2, 3, 4], .float32),
        element(CK_OP_NEGATE, [5], .float32),
      ], outputs: [4])
    let a = RandomKey(seed: 1).normal(shape)
    let b = RandomKey(seed: 2).normal(shape)
    let result = Storage(byteCount: 400)
    loop.makeKernel().run(
      operands: [a, b].map { $0.requiredStorage("test") }, results: [result])
    let expected = -select(less(a, b), a + b, a - b)
    expectClose(Tensor(expected.type, storage: result), expected, relative: 0, absolute: 0)
  }
}
