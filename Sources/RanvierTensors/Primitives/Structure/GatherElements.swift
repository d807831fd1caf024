internal import CKernels

/// Elements at given positions along an axis, each element with a position of its own.
///
/// Operands: the tensor, and positions (i32 or i64) of the same shape but for the axis. Positions
/// outside the axis are clamped to it.
package struct GatherElements: Primitive {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "gather_elements" }
  package var spelling: String { "gatheredElements(at:alongAxis:)" }
  package var description: String { "gather_elements along \(axis)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let (shape, positions) = (operands[0].shape, operands[1].shape)
    guard (0 ..< shape.rank).contains(axis), shape.rank == positions.rank,
      shape.sizes.indices.allSatisfy({ $0 == axis || shape[$0] == positions[$0] }),
      shape[axis] > 0 || positions.count == 0,
      [.int32, .int64].contains(operands[1].elementType)
    else {
      throw OperationError(
        operation: spelling,
        rule: "an axis that is not empty, and positions of the same shape but for the axis",
        got: "axis \(axis) of \(operands[0]), positions \(operands[1])",
        hint: "gathered(at:alongAxis:) takes whole rows")
    }
    return [TensorType(operands[0].elementType, positions)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let size = application.operands[0].shape[axis]
    return [
      application.ifNeeded(0) {
        let positions = application.operands[1]
        if positions.shape[axis] == 1 {
          // Nothing adds up, and a choice becomes part of what is done with the result.
          var sizes = [Int](repeating: 1, count: positions.rank)
          sizes[axis] = size
          let clamped = minimum(maximum(positions, 0), Swift.max(size - 1, 0))
          let places = Tensor.range(size, elementType: positions.elementType)
          return select(
            equal(clamped, places.reshaped(to: Shape(sizes))), application.cotangent, 0)
        }
        return apply(
          ScatterAddElements(axis: axis, size: size, clamps: true),
          [application.cotangent, positions])
      }, nil,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    guard batch.isBatched[0] else {
      // One tensor for all: the examples' positions stand side by side along the axis.
      let sizes = Array(batch.operands[1].shape.sizes.dropFirst())
      var joined = sizes
      joined[axis] *= batch.size
      var separate = sizes
      separate.insert(batch.size, at: axis)
      let positions = batch.operands[1].withAxis(0, movedTo: axis).reshaped(to: Shape(joined))
      let elements: Tensor = apply(self, [batch.operands[0], positions])
      return [elements.reshaped(to: Shape(separate)).withAxis(axis, movedTo: 0)]
    }
    return applyAll(GatherElements(axis: axis + 1), [batch.operands[0], batch.repeated(1)])
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        var source = index
        source[axis] = Swift.min(
          Swift.max(Int(operands[1][index]), 0), operands[0].shape[axis] - 1)
        return operands[0][source]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let (extent, count) = (sizes[axis], operands[1].shape[axis])
    let size = operands[0].elementType.byteCount
    let isWide = operands[1].elementType == .int64
    return Kernel("gather elements") { arguments in
      ck_gather_elements(
        size, isWide, arguments[2], arguments[0], arguments[1], outer, extent, inner, count)
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        GatherElements(axis: 1), [.init([2, 4]), .init([2, 3], .integers(0, 3), .int32)]),
      PrimitiveSample(
        GatherElements(axis: 0), [.init([3, 2, 2]), .init([5, 2, 2], .integers(-1, 4), .int64)]),
      PrimitiveSample(GatherElements(axis: 0), [.init([0]), .init([0], .integers(0, 1), .int32)]),
    ]
  }
}

extension Tensor {
  /// The elements at positions along an axis, each with a position of its own.
  ///
  ///     result[i, j, k] = x[i, positions[i, j, k], k]   // along axis 1
  ///
  /// Positions outside the axis are clamped to it: data is not checked here, because it may not be
  /// known yet.
  ///
  /// - Shapes: x `[..., n, ...]`, positions (integers) `[..., m, ...]`, the result like the
  ///   positions.
  /// - Note: JAX and NumPy call this `take_along_axis`.
  public func gatheredElements(at positions: Tensor, alongAxis axis: Int = -1) -> Tensor {
    let operation = "gatheredElements(at:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      let positions = try positions.asPositions(within: shape[axis], operation: operation)
      return apply(GatherElements(axis: axis), [self, positions])
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// Positions along an axis as i32 or i64.
  ///
  /// - Throws: An error unless they are integers: a fraction is not a position.
  package func asPositions(within size: Int, operation: String) throws(OperationError) -> Tensor {
    if let error { throw error }
    guard elementType.isInteger else {
      throw OperationError(
        operation: operation, rule: "positions of an integer type", got: "\(type)",
        hint: elementType == .bool
          ? "select(_:_:_:) chooses by truth values" : "convert with cast(to: .int32)")
    }
    switch elementType {
    case .int32, .int64: return self
    // The largest would become negative.
    case .uint64: return minimum(self, size).cast(to: .int64)
    case .uint32: return cast(to: .int64)
    default: return cast(to: .int32)
    }
  }
}
