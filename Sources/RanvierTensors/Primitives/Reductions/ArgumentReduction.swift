internal import CKernels

/// The position (i32) of the largest or smallest element along an axis; the first of equals, and
/// the first not-a-number, wins.
package struct ArgumentReduction: Primitive {
  package let axis: Int
  package let findsMaximum: Bool

  package init(axis: Int, findsMaximum: Bool) {
    self.axis = axis
    self.findsMaximum = findsMaximum
  }

  package var name: String { findsMaximum ? "argument_of_maximum" : "argument_of_minimum" }
  package var spelling: String { findsMaximum ? "argmax(alongAxis:)" : "argmin(alongAxis:)" }
  package var description: String { "\(name) along \(axis)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    var sizes = operands[0].shape.sizes
    guard (0 ..< sizes.count).contains(axis), sizes[axis] > 0 else {
      throw OperationError(
        operation: spelling,
        rule: "an axis of the tensor that is not empty", got: "axis \(axis) of \(operands[0])")
    }
    sizes.remove(at: axis)
    return [TensorType(.int32, Shape(sizes))]
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil] }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(ArgumentReduction(axis: axis + 1, findsMaximum: findsMaximum), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        var best = 0
        for position in 1 ..< operands[0].shape[axis] {
          let candidate = operands[0][index[..<axis] + [position] + index[axis...]]
          let current = operands[0][index[..<axis] + [best] + index[axis...]]
          if current.isNaN { break }
          if candidate.isNaN || (findsMaximum ? candidate > current : candidate < current) {
            best = position
          }
        }
        return Double(best)
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let (type, extent, maximum) = (operands[0].elementType.ckType, sizes[axis], findsMaximum)
    return Kernel("argument reduction") { arguments in
      ck_arg_reduce(
        maximum, type, arguments[1].assumingMemoryBound(to: Int32.self), arguments[0], outer,
        extent, inner)
    }
  }

  package static var samples: [PrimitiveSample] {
    [true, false].flatMap { maximum in
      [([3, 4], 1), ([3, 4], 0), ([2, 5, 3], 1), ([7], 0)].map { shape, axis in
        PrimitiveSample(
          ArgumentReduction(axis: axis, findsMaximum: maximum),
          [.init(Shape(shape), .integers(-3, 3))], isDifferentiable: false)
      }
    }
  }
}

extension Tensor {
  /// The position (i32) of the largest element along an axis; the first of equals wins, and the
  /// first not-a-number over everything.
  public func argmax(alongAxis axis: Int = -1) -> Tensor {
    position(alongAxis: axis, ofMaximum: true)
  }

  /// The position (i32) of the smallest element along an axis; the first of equals wins, and the
  /// first not-a-number over everything.
  public func argmin(alongAxis axis: Int = -1) -> Tensor {
    position(alongAxis: axis, ofMaximum: false)
  }

  private func position(alongAxis axis: Int, ofMaximum findsMaximum: Bool) -> Tensor {
    do {
      let spelling = ArgumentReduction(axis: 0, findsMaximum: findsMaximum).spelling
      let position = try normalizedAxes([axis], operation: spelling)[0]
      return apply(ArgumentReduction(axis: position, findsMaximum: findsMaximum), [self])
    } catch {
      return Tensor(invalid: error)
    }
  }
}
