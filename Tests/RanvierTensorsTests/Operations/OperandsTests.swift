import RanvierTensors
import TestSupport
import Testing

@Suite struct OperandsTests {
  @Test(arguments: ElementType.allCases.filter { $0 != .bool })
  func `whole numbers take on the tensor's type`(_ type: ElementType) {
    let x = Tensor.ones([2], elementType: type)
    for result in [
      x + 2, 2 + x, x * 2, 2 * x, 4 - x, x - 0, x / 1, 4 / x, pow(x, 2), maximum(x, 3),
    ] {
      #expect(result.elementType == type)
    }
    #expect((x + 2).scalars(as: Int.self) == [3, 3])
    #expect((4 - x).scalars(as: Int.self) == [3, 3])
    #expect((4 / x).scalars(as: Int.self) == [4, 4])
    #expect(greater(x, 0).elementType == .bool)
  }

  @Test(arguments: ElementType.allCases.filter(\.isFloatingPoint))
  func `fractions take on a floating-point type`(_ type: ElementType) {
    let x = Tensor.ones([2], elementType: type)
    #expect((x * 0.5).type == TensorType(type, [2]))
    #expect((Float(0.5) + x).type == TensorType(type, [2]))
    #expect((0.5 / x).scalars() == [0.5, 0.5])
  }

  @Test func `fractions make integers f32`() {
    #expect((Tensor([1, 2]) * 0.5).type == TensorType(.float32, [2]))
    #expect((Tensor([1, 2]) * 0.5).scalars() == [0.5, 1])
    #expect((Tensor([true]) * 0.5).elementType == .float32)
    #expect((Tensor([true]) + 1).type == TensorType(.int32, [1]))
  }

  @Test func `selects between numbers and tensors`() {
    let condition = Tensor([true, false])
    #expect(select(condition, Tensor([1.0, 2]), 0) == Tensor([1.0, 0]))
    #expect(select(condition, 1, Tensor([Float(5), 6])) == Tensor([Float(1), 6]))
    #expect(select(condition, 1, 2).type == TensorType(.int32, [2]))
    #expect(select(condition, 1.5, 2).type == TensorType(.float32, [2]))
  }

  @Test func `the sign of a number of 64 bits survives`() {
    let x = Tensor([Int64(1)])
    #expect((x * Int.min).scalar(as: Int.self) == .min)
    #expect((Tensor([UInt8(1)]) + 256).scalar(as: Int.self) == 1)
  }
}
