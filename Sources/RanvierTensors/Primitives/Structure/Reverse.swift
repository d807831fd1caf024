/// The order of elements reversed along axes.
package struct Reverse: Primitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "reverse" }
  package var spelling: String { "reversed(alongAxes:)" }
  package var description: String { "reverse \(axes)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard axes.allSatisfy({ (0 ..< operands[0].shape.rank).contains($0) }),
      Set(axes).count == axes.count
    else {
      throw OperationError(
        operation: spelling, rule: "different axes of the tensor",
        got: "\(axes) for shape \(operands[0].shape)")
    }
    return [operands[0]]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [apply(self, [application.cotangent])]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Reverse(axes: axes.map { $0 + 1 }), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        var source = index
        for axis in axes { source[axis] = operands[0].shape[axis] - 1 - index[axis] }
        return operands[0][source]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let shape = operands[0].shape
    var strides = shape.strides
    var offset = 0
    for axis in axes where shape.count > 0 {
      offset += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return StridedCopy(
      shape: shape, elementSize: operands[0].elementType.byteCount, sourceStrides: strides,
      sourceOffset: offset
    ).kernel("reverse")
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Reverse(axes: [0]), [.init([3, 2])]),
      PrimitiveSample(Reverse(axes: [0, 2]), [.init([2, 3, 4])]),
      PrimitiveSample(Reverse(axes: [1]), [.init([2, 0])]),
    ]
  }
}

extension Tensor {
  /// The elements in reversed order along axes.
  public func reversed(alongAxes axes: [Int]) -> Tensor {
    do {
      return apply(
        Reverse(axes: try normalizedAxes(axes, operation: "reversed(alongAxes:)").sorted()), [self])
    } catch {
      return Tensor(invalid: error)
    }
  }
}
