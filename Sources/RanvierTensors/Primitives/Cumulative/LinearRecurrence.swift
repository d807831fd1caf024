internal import CKernels

/// `y[i] = a[i] y[i-1] + b[i]` along an axis, beginning with `y[0] = b[0]`.
///
/// Operands: the coefficients a, the first of which is not used, and the inputs b, of one shape. Its
/// derivative is the same recurrence the other way round, and so are those of cumulative products,
/// maxima and sums of exponentials.
package struct LinearRecurrence: Primitive {
  package let axis: Int
  /// Whether the recurrence begins at the end of the axis.
  package let isReversed: Bool

  package init(axis: Int, isReversed: Bool) {
    self.axis = axis
    self.isReversed = isReversed
  }

  package var name: String { "linear_recurrence" }
  package var description: String { "\(name) along \(axis)\(isReversed ? " reversed" : "")" }
  package var spelling: String { "linearRecurrence(_:_:alongAxis:)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireAxis(axis, of: operands[1], spelling)
    guard operands[0] == operands[1], operands[0].elementType != .bool else {
      throw OperationError(
        operation: spelling,
        rule: "coefficients and inputs of one shape and one type of numbers",
        got: "\(operands[0]) and \(operands[1])")
    }
    return [operands[1]]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    // What reaches y[i] from all that follows is its own cotangent plus a[i+1] times that of y[i+1].
    let following = application.operands[0].shifted(
      alongAxis: axis, isReversed: !isReversed, entering: 1)
    let total: Tensor = apply(
      LinearRecurrence(axis: axis, isReversed: !isReversed), [following, application.cotangent])
    return [
      application.ifNeeded(0) {
        total
          * application.result.shifted(alongAxis: axis, isReversed: isReversed, entering: 0)
      },
      total,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(
      LinearRecurrence(axis: axis + 1, isReversed: isReversed),
      [batch.repeated(0), batch.repeated(1)])
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    accumulated(along: axis, isReversed: isReversed, resultTypes[0]) { before, index in
      (before.map { operands[0][index] * $0 } ?? 0) + operands[1][index]
    }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let extents = AxisExtents(of: operands[0].shape, around: axis)
    let (type, isReversed) = (operands[0].elementType.ckType, isReversed)
    return Kernel(
      "recurrence",
      inPlacePairs: [.init(operand: 0, result: 0), .init(operand: 1, result: 0)]
    ) { arguments in
      ck_linear_recurrence(
        type, isReversed, arguments[2], arguments[0], arguments[1], extents.outer, extents.extent,
        extents.inner)
    }
  }

  package static var samples: [PrimitiveSample] {
    let cases: [(Shape, Int)] = [
      ([5], 0), ([3, 4], 1), ([4, 3], 0), ([2, 3, 4], 1), ([2, 0, 3], 1), ([1, 2], 0),
    ]
    return cases.flatMap { shape, axis in
      [false, true].map { isReversed in
        PrimitiveSample(
          LinearRecurrence(axis: axis, isReversed: isReversed), [.init(shape), .init(shape)])
      }
    }
  }
}

/// The values of a linear recurrence along an axis: `y[i] = a[i] * y[i-1] + b[i]`, beginning with
/// `y[0] = b[0]`.
///
/// Both operands broadcast to one shape, which is the result's. Moving averages, discounted sums and
/// linear state-space models are such recurrences. Values are carried along in `f32` for the 16-bit
/// types and in `f64` for `f32`; integers wrap.
///
/// - Parameters:
///   - coefficients: The factors a; those of the first position are not used.
///   - inputs: The terms b.
///   - axis: The axis, counted from the end if negative.
///   - reversed: Whether to begin at the end: `y[i] = a[i] * y[i+1] + b[i]`.
public func linearRecurrence(
  _ coefficients: some TensorOperand, _ inputs: Tensor, alongAxis axis: Int = -1,
  reversed: Bool = false
) -> Tensor {
  let (a, b) = promoted(coefficients, inputs)
  let spelling = "linearRecurrence(_:_:alongAxis:)"
  if let invalid = [a, b].first(where: { $0.error != nil }) { return invalid }
  guard let shape = Shape.broadcast(a.shape, b.shape) else {
    return Tensor(
      invalid: OperationError(
        operation: spelling, rule: "coefficients and inputs that broadcast",
        got: "\(a.type) and \(b.type)"))
  }
  let wide = b.broadcast(to: shape)
  do {
    let position = try wide.normalizedAxes([axis], operation: spelling)[0]
    return apply(
      LinearRecurrence(axis: position, isReversed: reversed), [a.broadcast(to: shape), wide])
  } catch {
    return Tensor(invalid: error)
  }
}
