/// The elements repeated along axes of size 1 and new leading axes, by NumPy's rule.
package struct Broadcast: Primitive {
  package let shape: Shape

  package init(to shape: Shape) { self.shape = shape }

  package var name: String { "broadcast" }
  package var spelling: String { "broadcast(to:)" }
  package var description: String { "broadcast to \(shape)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard Shape.broadcast(operands[0].shape, shape) == shape else {
      throw OperationError(
        operation: spelling, rule: "axes of equal size, or of size 1",
        got: "\(operands[0].shape) to \(shape)")
    }
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [application.cotangent.summed(to: application.operand.shape)]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // The axes of one example are aligned behind the batch axis.
    let operand = batch.operands[0]
    let missing = [Int](repeating: 1, count: shape.rank - batch.rank(0))
    let aligned = operand.reshaped(
      to: Shape([batch.size] + missing + operand.shape.sizes.dropFirst()))
    return applyAll(Broadcast(to: Shape([batch.size] + shape.sizes)), [aligned])
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let source = operands[0].shape
    let missing = shape.rank - source.rank
    return [
      ReferenceArray(resultTypes[0]) { index in
        operands[0][(0 ..< source.rank).map { source[$0] == 1 ? 0 : index[$0 + missing] }]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let source = operands[0].shape
    let missing = shape.rank - source.rank
    let strides = source.strides
    return StridedCopy(
      shape: shape, elementSize: operands[0].elementType.byteCount,
      sourceStrides: (0 ..< shape.rank).map { axis in
        axis < missing || source[axis - missing] == 1 ? 0 : strides[axis - missing]
      }
    ).kernel("broadcast")
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Broadcast(to: [2, 3, 4]), [.init([3, 1])]),
      PrimitiveSample(Broadcast(to: [2, 2]), [.init([])]),
      PrimitiveSample(Broadcast(to: [0, 3]), [.init([1, 3])]),
    ]
  }
}

extension Tensor {
  /// The elements repeated to fill a shape, by NumPy's rule.
  public func broadcast(to shape: Shape) -> Tensor {
    shape == self.shape ? self : apply(Broadcast(to: shape), [self])
  }

  /// Sums over the axes along which a shape broadcasts to this tensor's: the opposite, and the
  /// derivative, of ``broadcast(to:)``.
  ///
  /// For derivatives of one's own: where `x + b` broadcasts `b`, the cotangent of `b` is that of the
  /// sum, `summed(to: b.shape)`.
  ///
  /// - Shapes: `[2, 3]` summed to `[3]`, `[2, 1]`, `[1, 3]` or `[]` has that shape. The result is
  ///   invalid if the shape does not broadcast to the tensor's.
  public func summed(to shape: Shape) -> Tensor {
    if self.shape == shape || error != nil { return self }
    guard Shape.broadcast(shape, self.shape) == self.shape else {
      return Tensor(
        invalid: OperationError(
          operation: "summed(to:)", rule: "a shape that broadcasts to the tensor's",
          got: "\(self.shape) to \(shape)"))
    }
    let missing = rank - shape.rank
    let axes = (0 ..< rank).filter { axis in
      axis < missing || (shape[axis - missing] == 1 && self.shape[axis] != 1)
    }
    return sum(alongAxes: axes).reshaped(to: shape)
  }
}
