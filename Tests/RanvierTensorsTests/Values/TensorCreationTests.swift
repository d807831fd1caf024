import RanvierTensors
import TestSupport
import Testing

@Suite struct TensorCreationTests {
  @Test func `takes the type and the order of Swift numbers`() {
    #expect(Tensor([1.5, 2]).type == TensorType(.float64, [2]))
    #expect(Tensor([1, 2, 3]).type == TensorType(.int64, [3]))
    #expect(Tensor([Float(1)]).type == TensorType(.float32, [1]))
    #expect(Tensor([UInt8(1), 2]).elementType == .uint8)
    #expect(Tensor([true]).elementType == .bool)
    #expect(Tensor([Float16(1)]).elementType == .float16)
    #expect(Tensor([BFloat16(1)]).elementType == .bfloat16)
    #expect(Tensor(2.5).type == TensorType(.float64, []))
    #expect(Tensor([[1, 2, 3], [4, 5, 6]]).shape == [2, 3])
    #expect(Tensor([[[1], [2]]]).shape == [1, 2, 1])
    #expect(Tensor([[1, 2], [3, 4]]).scalars(as: Int.self) == [1, 2, 3, 4])
    #expect(Tensor([1, 2, 3, 4], shape: [2, 2]) == Tensor([[1, 2], [3, 4]]))
  }

  @Test func `empty arrays keep their type and rank`() {
    #expect(Tensor([Double]()).type == TensorType(.float64, [0]))
    #expect(Tensor([[Double]]()).type == TensorType(.float64, [0, 0]))
    #expect(Tensor([[], []] as [[Int32]]).type == TensorType(.int32, [2, 0]))
    #expect(Tensor([[[Bool]]]()).type == TensorType(.bool, [0, 0, 0]))
    #expect(Tensor.zeros([2, 0, 3]).scalars() == [])
  }

  @Test(arguments: ElementType.allCases)
  func `repeats a value in every type`(_ type: ElementType) {
    let ones = Tensor.ones([2, 3], elementType: type)
    #expect(ones.type == TensorType(type, [2, 3]))
    #expect(ones.scalars(as: Double.self) == [1, 1, 1, 1, 1, 1])
    #expect(Tensor.zeros([3], elementType: type).scalars(as: Int.self) == [0, 0, 0])
    #expect(Tensor(repeating: 1, shape: [], elementType: type).scalar(as: UInt8.self) == 1)
  }

  @Test(arguments: ElementType.allCases.filter { $0 != .bool })
  func `counts in every type of numbers`(_ type: ElementType) {
    #expect(Tensor.range(5, elementType: type).scalars(as: Double.self) == [0, 1, 2, 3, 4])
    #expect(Tensor.range(0, elementType: type).shape == [0])
  }

  @Test func `spaces numbers linearly and reaches the end exactly`() {
    #expect(
      Tensor.linearlySpaced(from: 0, through: 1, count: 5).scalars() == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor.linearlySpaced(from: 3, through: 9, count: 1).scalars() == [3])
    #expect(Tensor.linearlySpaced(from: 3, through: 9, count: 0).shape == [0])
    for count in 2 ..< 60 {
      let numbers = Tensor.linearlySpaced(
        from: 0.1, through: 0.7, count: count, elementType: .float64)
      #expect(numbers.scalars(as: Double.self)[count - 1] == 0.7)
    }
  }

  @Test func `stacks and concatenates, promoting types`() {
    let a = Tensor([1, 2])
    let b = Tensor([Float(3), 4])
    #expect(Tensor(stacking: [a, b]) == Tensor([[Float(1), 2], [3, 4]]))
    #expect(Tensor(stacking: [a, b], alongAxis: 1) == Tensor([[Float(1), 3], [2, 4]]))
    #expect(Tensor(stacking: [a, a], alongAxis: -1).scalars(as: Int.self) == [1, 1, 2, 2])
    #expect(Tensor(concatenating: [a, b]).scalars() == [1, 2, 3, 4])
    #expect(
      Tensor(concatenating: [Tensor([[1], [2]]), Tensor([[3], [4]])], alongAxis: -1)
        == Tensor([[1, 3], [2, 4]]))
    #expect(Tensor(concatenating: [Tensor(stacking: [a]), Tensor.zeros([0, 2])]).shape == [1, 2])
  }

  @Test func `allows sixteen axes`() {
    let ones = [Int](repeating: 1, count: 15)
    let x = Tensor([1.0, 2], shape: Shape(ones + [2]))
    #expect((x + x.transposed()).shape == Shape([2] + ones.dropLast() + [2]))
    #expect(x.sum(alongAxes: [0, 3]).rank == 14)
    #expect(x.expandedDimension(at: 0).error != nil)
    #expect(Tensor([1.0], shape: Shape(ones + [1, 1])).error != nil)
  }

  @Test func `the other sizes of an empty tensor have a product too`() {
    let huge = Tensor.zeros([1 << 40, 0, 1 << 18])
    #expect(Tensor.zeros([1 << 40, 0, 1 << 40]).error != nil)
    #expect(huge.count == 0 && huge.error == nil)
    #expect((huge + 1).shape == huge.shape)
    #expect(huge.transposed().shape == [1 << 18, 0, 1 << 40])
    #expect(huge.sum(alongAxes: [0, 2]).shape == [0])
    #expect("\(huge)" == "[]")
  }
}
