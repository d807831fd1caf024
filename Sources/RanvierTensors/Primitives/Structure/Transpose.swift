internal import CKernels

/// The axes in another order: axis i of the result is axis `permutation[i]` of the operand.
package struct Transpose: Primitive {
  package let permutation: [Int]

  package init(permutation: [Int]) { self.permutation = permutation }

  package var name: String { "transpose" }
  package var spelling: String { "transposed(permutation:)" }
  package var description: String { "transpose \(permutation)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = operands[0].shape
    guard permutation.sorted() == Array(0 ..< shape.rank) else {
      throw OperationError(
        operation: spelling, rule: "each axis of the tensor once",
        got: "\(permutation) for shape \(shape)")
    }
    return [TensorType(operands[0].elementType, Shape(permutation.map { shape[$0] }))]
  }

  /// The permutation that undoes this one.
  package var inverse: [Int] {
    var inverse = permutation
    for (position, axis) in permutation.enumerated() { inverse[axis] = position }
    return inverse
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [apply(Transpose(permutation: inverse), [application.cotangent])]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Transpose(permutation: [0] + permutation.map { $0 + 1 }), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        var source = index
        for (position, axis) in permutation.enumerated() { source[axis] = index[position] }
        return operands[0][source]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let strides = operands[0].shape.strides
    return StridedCopy(
      shape: results[0].shape, elementSize: operands[0].elementType.byteCount,
      sourceStrides: permutation.map { strides[$0] }
    ).kernel("transpose")
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Transpose(permutation: [1, 0]), [.init([3, 4])]),
      PrimitiveSample(Transpose(permutation: [2, 0, 1]), [.init([2, 3, 4])]),
      PrimitiveSample(Transpose(permutation: [0, 3, 1, 2]), [.init([2, 3, 2, 3])]),
      PrimitiveSample(Transpose(permutation: []), [.init([])]),
      PrimitiveSample(Transpose(permutation: [1, 0]), [.init([0, 4])]),
    ]
  }
}

extension Tensor {
  /// The axes in another order, by default reversed: axis i of the result is axis `permutation[i]`.
  public func transposed(permutation: [Int]? = nil) -> Tensor {
    let order = permutation ?? Array((0 ..< rank).reversed())
    if order == Array(0 ..< rank) { return self }
    let axes = order.map { $0 < 0 ? $0 + rank : $0 }
    guard error != nil || axes.sorted() == Array(0 ..< rank) else {
      return Tensor(
        invalid: OperationError(
          operation: "transposed(permutation:)", rule: "each axis of the tensor once",
          got: "\(order) for shape \(shape)"))
    }
    return apply(Transpose(permutation: axes), [self])
  }

  /// The tensor with two axes exchanged.
  public func swappedAxes(_ first: Int, _ second: Int) -> Tensor {
    do {
      let axes = try normalizedAxes(
        first == second ? [first] : [first, second], operation: "swappedAxes")
      var order = Array(0 ..< rank)
      if axes.count == 2 { order.swapAt(axes[0], axes[1]) }
      return transposed(permutation: order)
    } catch {
      return Tensor(invalid: error)
    }
  }
}

/// A copy between strided layouts, the kernel of everything that only moves elements.
struct StridedCopy {
  var shape: Shape
  var elementSize: Int
  var sourceStrides: [Int]
  var sourceOffset = 0
  /// Dense by default.
  var resultStrides: [Int]?
  var resultOffset = 0

  func run(from source: UnsafeRawPointer, to result: UnsafeMutableRawPointer) {
    let sizes = shape.sizes
    let out = (resultStrides ?? shape.strides).map { Int64($0) }
    let strides = sourceStrides.map { Int64($0) }
    ck_strided_copy(
      elementSize, result + resultOffset * elementSize, source + sourceOffset * elementSize,
      Int32(sizes.count), sizes, out, strides)
  }

  func kernel(_ name: String) -> Kernel {
    Kernel(name) { arguments in run(from: arguments[0], to: arguments[1]) }
  }
}
