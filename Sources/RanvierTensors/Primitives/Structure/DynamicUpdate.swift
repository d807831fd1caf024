/// A tensor with a block replaced that begins at positions known only when it is written.
///
/// Operands: the tensor, the block, and one start (an i64 scalar) per axis. Starts are clamped so
/// that the block lies within the tensor. The kernel writes into the tensor's memory where it may.
package struct DynamicUpdate: Primitive {
  package init() {}

  package var name: String { "dynamic_update" }
  package var spelling: String { "updated(with:at:)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard operands[0].elementType == operands[1].elementType else {
      throw OperationError(
        operation: spelling, rule: "a block of the tensor's element type",
        got: "\(operands[1]) for \(operands[0])")
    }
    try DynamicBlock.check(
      spelling, whole: operands[0].shape, sizes: operands[1].shape.sizes,
      starts: operands.dropFirst(2))
    return [operands[0]]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let block = application.operands[1]
    let starts = Array(application.operands.dropFirst(2))
    return [
      application.ifNeeded(0) {
        let zeros = Tensor(0, elementType: block.elementType).broadcast(to: block.shape)
        return apply(DynamicUpdate(), [application.cotangent, zeros] + starts)
      },
      application.ifNeeded(1) {
        apply(DynamicSlice(sizes: block.shape.sizes), [application.cotangent] + starts)
      },
    ] + starts.map { _ in nil }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let (whole, block) = (batch.repeated(0), batch.operands[1])
    if !batch.isBatched.dropFirst(2).contains(true) {
      let starts = [Tensor(Int64(0))] + batch.operands.dropFirst(2)
      return applyAll(DynamicUpdate(), [whole, batch.repeated(1)] + starts)
    }
    // Starts differ: every element of the result looks up whether, and where, it lies in its block.
    let example = Array(whole.shape.sizes.dropFirst())
    let sizes = Array(block.shape.sizes.suffix(example.count))
    let count = sizes.reduce(1, *)
    if count == 0 { return [whole] }
    let axes = example.count
    var position = DynamicBlock.exampleOffsets(batch, operand: 1, rows: count, axes: axes)
    var isInside = Tensor(true)
    var stride = 1
    for axis in (0 ..< axes).reversed() {
      let start = DynamicBlock.start(
        batch, axis: axis, room: example[axis] - sizes[axis], first: 2)
      let distance =
        DynamicBlock.aligned(
          Tensor.range(example[axis], elementType: .int64), at: axis, axes: axes)
        - DynamicBlock.aligned(start, axes: axes)
      isInside = bitwiseAnd(
        isInside, bitwiseAnd(greaterOrEqual(distance, 0), less(distance, sizes[axis])))
      position = position + minimum(maximum(distance, 0), sizes[axis] - 1) * stride
      stride *= sizes[axis]
    }
    let elements: Tensor = apply(
      Gather(axis: 0), [block.flattened(), position.broadcast(to: whole.shape)])
    return [select(isInside, elements, whole)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = operands[0]
    let block = operands[1]
    let starts = DynamicBlock.starts(result.shape, block.shape.sizes, operands.dropFirst(2))
    for index in block.shape.indices {
      result[index.indices.map { starts[$0] + index[$0] }] = block[index]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let block = DynamicBlock(whole: operands[0], sizes: operands[1].shape.sizes)
    let byteCount = operands[0].byteCount
    return Kernel("dynamic update", inPlacePairs: [.init(operand: 0, result: 0)]) { arguments in
      let result = arguments[2 + block.rank]
      if arguments[0] != result { result.copyMemory(from: arguments[0], byteCount: byteCount) }
      block.copy(from: arguments[1], at: arguments, firstStart: 2, to: result, writesBlock: true)
    }
  }

  package static var samples: [PrimitiveSample] {
    func start(_ low: Int, _ high: Int) -> PrimitiveSample.Operand {
      .init([], .integers(low, high), .int64)
    }
    return [
      PrimitiveSample(
        DynamicUpdate(), [.init([5, 3]), .init([2, 3]), start(0, 3), start(0, 0)]),
      PrimitiveSample(
        DynamicUpdate(),
        [.init([2, 4, 3]), .init([1, 2, 2]), start(-3, 5), start(-3, 5), start(0, 9)]),
      PrimitiveSample(DynamicUpdate(), [.init([3]), .init([0]), start(0, 3)]),
      PrimitiveSample(DynamicUpdate(), [.init([]), .init([])]),
    ]
  }
}
