internal import CKernels

/// A block of fixed sizes that begins at positions known only when it is taken.
///
/// Operands: the tensor, and one start (an i64 scalar) per axis. Starts are clamped so that the
/// block lies within the tensor.
package struct DynamicSlice: Primitive {
  package let sizes: [Int]

  package init(sizes: [Int]) { self.sizes = sizes }

  package var name: String { "dynamic_slice" }
  package var spelling: String { "slice(at:sizes:)" }
  package var description: String { "dynamic_slice of sizes \(Shape(sizes))" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try DynamicBlock.check(
      spelling, whole: operands[0].shape, sizes: sizes, starts: operands.dropFirst())
    return [TensorType(operands[0].elementType, Shape(sizes))]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let zeros = Tensor(0, elementType: application.cotangent.elementType)
      .broadcast(to: application.operands[0].shape)
    let starts = Array(application.operands.dropFirst())
    return [
      application.ifNeeded(0) { apply(DynamicUpdate(), [zeros, application.cotangent] + starts) }
    ]
      + starts.map { _ in nil }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let whole = batch.operands[0]
    if !batch.isBatched.dropFirst().contains(true) {
      let starts = [Tensor(Int64(0))] + batch.operands.dropFirst()
      return applyAll(DynamicSlice(sizes: [batch.size] + sizes), [whole] + starts)
    }
    // Starts differ: the positions of all blocks' rows are computed and gathered. Rows are the
    // trailing axes that are taken whole.
    let example = Shape(Array(whole.shape.sizes.suffix(sizes.count)))
    let rowAxis = (sizes.indices.last { sizes[$0] != example[$0] } ?? -1) + 1
    let rows = example.sizes[..<rowAxis].reduce(1, *)
    var positions = DynamicBlock.exampleOffsets(batch, operand: 0, rows: rows, axes: rowAxis)
    var stride = 1
    for axis in (0 ..< rowAxis).reversed() {
      let start = DynamicBlock.start(batch, axis: axis, room: example[axis] - sizes[axis])
      let steps = Tensor.range(sizes[axis], elementType: .int64)
      positions =
        positions
        + (DynamicBlock.aligned(start, axes: rowAxis)
          + DynamicBlock.aligned(steps, at: axis, axes: rowAxis)) * stride
      stride *= example[axis]
    }
    let count = (batch.isBatched[0] ? batch.size : 1) * rows
    let table = whole.reshaped(to: Shape([count] + example.sizes[rowAxis...]))
    let shape = Shape([batch.size] + sizes)
    if shape.count == 0 { return [Tensor.zeros(shape, elementType: whole.elementType)] }
    let gathered: Tensor = apply(
      Gather(axis: 0), [table, positions.broadcast(to: Shape([batch.size] + sizes[..<rowAxis]))])
    return [gathered.reshaped(to: shape)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let starts = DynamicBlock.starts(operands[0].shape, sizes, operands.dropFirst())
    return [
      ReferenceArray(resultTypes[0]) { index in
        operands[0][index.indices.map { starts[$0] + index[$0] }]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let block = DynamicBlock(whole: operands[0], sizes: sizes)
    return Kernel("dynamic slice") { arguments in
      block.copy(
        from: arguments[0], at: arguments, firstStart: 1, to: arguments[1 + block.rank],
        writesBlock: false)
    }
  }

  package static var samples: [PrimitiveSample] {
    func start(_ low: Int, _ high: Int) -> PrimitiveSample.Operand {
      .init([], .integers(low, high), .int64)
    }
    return [
      PrimitiveSample(DynamicSlice(sizes: [2, 3]), [.init([5, 3]), start(0, 3), start(0, 0)]),
      PrimitiveSample(
        DynamicSlice(sizes: [1, 2, 2]),
        [.init([2, 4, 3]), start(-3, 5), start(-3, 5), start(0, 9)]),
      PrimitiveSample(DynamicSlice(sizes: [0]), [.init([3]), start(0, 3)]),
      PrimitiveSample(DynamicSlice(sizes: []), [.init([])]),
    ]
  }
}

/// A block within a tensor whose first position is known only at run time: what slicing and
/// updating share.
struct DynamicBlock: Sendable {
  private let shape: Shape
  private let strides: [Int]
  private let room: [Int]
  private let elementSize: Int

  var rank: Int { shape.rank }

  init(whole: TensorType, sizes: [Int]) {
    shape = Shape(sizes)
    strides = whole.shape.strides
    room = zip(whole.shape.sizes, sizes).map { $0 - $1 }
    elementSize = whole.elementType.byteCount
  }

  /// Copies the block out of the tensor into dense memory, or the other way round.
  func copy(
    from source: UnsafeRawPointer, at arguments: KernelArguments, firstStart: Int,
    to result: UnsafeMutableRawPointer, writesBlock: Bool
  ) {
    if shape.count == 0 { return }
    var offset = 0
    for axis in 0 ..< rank {
      let start = arguments[firstStart + axis].load(as: Int64.self)
      offset += Int(Swift.min(Swift.max(start, 0), Int64(room[axis]))) * strides[axis]
    }
    let dense = shape.strides
    StridedCopy(
      shape: shape, elementSize: elementSize, sourceStrides: writesBlock ? dense : strides,
      sourceOffset: writesBlock ? 0 : offset, resultStrides: writesBlock ? strides : dense,
      resultOffset: writesBlock ? offset : 0
    ).run(from: source, to: result)
  }

  /// Throws unless the sizes fit into the tensor and there is one start per axis.
  static func check(
    _ operation: String, whole: Shape, sizes: [Int], starts: ArraySlice<TensorType>
  ) throws(OperationError) {
    guard sizes.count == whole.rank, starts.count == whole.rank,
      whole.sizes.indices.allSatisfy({ (0 ... whole[$0]).contains(sizes[$0]) }),
      starts.allSatisfy({ $0 == TensorType(.int64, []) })
    else {
      throw OperationError(
        operation: operation,
        rule: "one start (a scalar) per axis, and sizes no larger than the tensor's",
        got: "\(starts.count) starts and sizes \(Shape(sizes)) for shape \(whole)")
    }
  }

  /// The starts as they are clamped.
  static func starts(
    _ whole: Shape, _ sizes: [Int], _ starts: ArraySlice<ReferenceArray>
  ) -> [Int] {
    zip(starts, sizes.indices).map { start, axis in
      Swift.min(Swift.max(Int(start.elements[0]), 0), whole[axis] - sizes[axis])
    }
  }

  /// The clamped starts along an axis of every example, or of all at once, where `starts` begin at
  /// the batch's operand `first`.
  static func start(
    _ batch: BatchedApplication, axis: Int, room: Int, first: Int = 1
  ) -> Tensor {
    minimum(maximum(batch.operands[first + axis], 0), room)
  }

  /// A vector (or scalar) as a tensor of an example axis and `axes` further ones, along one of
  /// them; along the example axis by default.
  static func aligned(_ vector: Tensor, at axis: Int = -1, axes: Int) -> Tensor {
    var sizes = [Int](repeating: 1, count: axes + 1)
    sizes[axis + 1] = vector.count
    return vector.reshaped(to: Shape(sizes))
  }

  /// Where each example's rows begin in the rows of all; 0 where all share them.
  static func exampleOffsets(
    _ batch: BatchedApplication, operand: Int, rows: Int, axes: Int
  ) -> Tensor {
    guard batch.isBatched[operand] else { return aligned(Tensor(Int64(0)), axes: axes) }
    return aligned(Tensor.range(batch.size, elementType: .int64) * rows, axes: axes)
  }
}
