import RanvierTensors
import TestSupport
import Testing

@Suite struct DynamicSliceTests {
  @Test func `blocks of random shapes equal the reference, and derivatives flow`() {
    for round in 0 ..< 60 {
      var generator = TestGenerator(salt: "block \(round)")
      let shape = Shape.random(ranks: 0 ... 4, using: &generator)
      let sizes = shape.sizes.map { Int.random(in: 0 ... $0, using: &generator) }
      let starts = shape.sizes.map { _ in
        PrimitiveSample.Operand([], .integers(-2, 5), .int64)
      }
      let slice = PrimitiveSample(DynamicSlice(sizes: sizes), [.init(shape)] + starts)
      let update = PrimitiveSample(
        DynamicUpdate(), [.init(shape), .init(Shape(sizes))] + starts)
      for type in [ElementType.float64, .float32, .int16, .uint8, .bool] {
        expectMatchesReference(slice, as: type)
        expectMatchesReference(update, as: type)
      }
      let positions = starts.map { Tensor($0, using: &generator) }
      expectGradientsMatch(
        at: [.random(shape, using: &generator), .random(Shape(sizes), using: &generator)],
        "\(slice)"
      ) { x in
        let taken: Tensor = apply(DynamicSlice(sizes: sizes), [sin(x[0])] + positions)
        let written: Tensor = apply(DynamicUpdate(), [sin(x[0]), sin(x[1])] + positions)
        return Tensor(concatenating: [taken.flattened(), written.flattened()])
      }
      expectVectorizedMatches(slice)
      expectVectorizedMatches(update, size: 2)
    }
  }

  @Test func `starts are clamped and may be numbers or tensors of any integer type`() {
    let x = Tensor.range(12).reshaped(to: [3, 4])
    #expect(x.slice(at: [Tensor(UInt8(1)), 2], sizes: [1, 2]) == Tensor([[Int32(6), 7]]))
    #expect(x.slice(at: [99, -5], sizes: [1, 2]) == Tensor([[Int32(8), 9]]))
    #expect(x.slice(at: [Tensor(UInt64.max), 0], sizes: [1, 1]) == Tensor([[Int32(8)]]))
    let written = x.updated(with: Tensor([[-1.0, -2]]), at: [Tensor(Int32(2)), 9])
    #expect(written[2] == Tensor([Int32(8), 9, -1, -2]))
    #expect(written.elementType == .int32)
  }

  @Test func `what does not fit is an error`() {
    let x = Tensor.zeros([3, 4])
    #expect(
      x.slice(at: [0], sizes: [1, 1]).error?.message
        == "slice(at:sizes:) needs one start per axis, got 1 starts for shape [3, 4]")
    #expect(
      x.slice(at: [0, 0], sizes: [1, 5]).error?.message
        == """
        slice(at:sizes:) needs one start (a scalar) per axis, and sizes no larger than the \
        tensor's, got 2 starts and sizes [1, 5] for shape [3, 4]
        """)
    #expect(x.slice(at: [0.5, 0], sizes: [1, 1]).error != nil)
    #expect(x.slice(at: [Tensor([0]), 0], sizes: [1, 1]).error != nil)
    #expect(x.updated(with: Tensor([1.0]), at: [0, 0]).error != nil)
    #expect(x.updated(with: Tensor.zeros([4, 4]), at: [0, 0]).error != nil)
  }
}
