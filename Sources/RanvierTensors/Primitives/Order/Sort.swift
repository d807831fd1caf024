internal import CKernels

/// The first elements along an axis in sorted order, and their positions (i32): all of them, which
/// is sorting, or fewer, which is selecting.
///
/// Equal elements keep their order. Not-a-number is greater than everything, and zeros are equal
/// whatever their sign.
package struct Sort: Primitive {
  package let axis: Int
  /// How many elements along the axis are wanted.
  package let count: Int
  package let isDescending: Bool

  package init(axis: Int, count: Int, isDescending: Bool) {
    self.axis = axis
    self.count = count
    self.isDescending = isDescending
  }

  package var name: String { "sort" }
  package var spelling: String { "sorted(alongAxis:)" }
  package var description: String {
    "sort \(isDescending ? "descending" : "ascending") along \(axis), first \(count)"
  }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    var sizes = operands[0].shape.sizes
    guard (0 ..< sizes.count).contains(axis), (0 ... sizes[axis]).contains(count),
      sizes[axis] <= Int(Int32.max)
    else {
      throw OperationError(
        operation: spelling, rule: "an axis of the tensor, and at most as many elements as it has",
        got: "the first \(count) along axis \(axis) of \(operands[0])")
    }
    sizes[axis] = count
    return [TensorType(operands[0].elementType, Shape(sizes)), TensorType(.int32, Shape(sizes))]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let scatter = ScatterAddElements(axis: axis, size: application.operand.shape[axis])
    return [apply(scatter, [application.cotangents[0], application.results[1]])]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Sort(axis: axis + 1, count: count, isDescending: isDescending), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let source = operands[0]
    func precedes(_ a: Double, _ b: Double) -> Bool {
      isDescending ? a > b || (a.isNaN && !b.isNaN) : a < b || (b.isNaN && !a.isNaN)
    }
    var positions = ReferenceArray(resultTypes[1]) { _ in 0 }
    let values = ReferenceArray(resultTypes[0]) { index in
      func element(_ position: Int) -> Double {
        source[index[..<axis] + [position] + index[(axis + 1)...]]
      }
      // The element which has as many before it as the index says.
      let position = (0 ..< source.shape[axis]).first { candidate in
        let value = element(candidate)
        let before = (0 ..< source.shape[axis]).count {
          precedes(element($0), value) || ($0 < candidate && !precedes(value, element($0)))
        }
        return before == index[axis]
      }
      positions[index] = Double(position ?? -1)
      return element(position ?? 0)
    }
    return [values, positions]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let (type, extent) = (operands[0].elementType.ckType, sizes[axis])
    let (first, descending) = (count, isDescending)
    // A part has memory for one row; small work is one part.
    let worthwhile = operands[0].shape.count / 4096
    let parts = Swift.max(1, Swift.min(Int(ck_thread_count()), outer * inner, worthwhile))
    return Kernel(
      first < extent ? "select" : "sort",
      scratchBytes: parts * ck_sort_scratch_bytes(type, extent, first)
    ) { arguments in
      ck_sort(
        type, descending, arguments[1], arguments[2].assumingMemoryBound(to: Int32.self),
        arguments[0], outer, extent, inner, first, parts, arguments[3])
    }
  }

  package static var samples: [PrimitiveSample] {
    [true, false].flatMap { descending in
      [([3, 4], 1, 4), ([5, 3], 0, 5), ([2, 20, 3], 1, 2), ([0, 3], 0, 0), ([40], 0, 3)].map {
        (shape: [Int], axis, count) in
        PrimitiveSample(
          Sort(axis: axis, count: count, isDescending: descending), [.init(Shape(shape), .distinct)]
        )
      }
    }
  }
}

extension Tensor {
  /// The elements along an axis in sorted order.
  ///
  /// Equal elements keep their order, in descending order too. Not-a-number is greater than
  /// everything, as for ``max(alongAxes:keepingAxes:)``: it comes last, in descending order first.
  ///
  /// Derivatives go back to where the elements were.
  ///
  /// - Shapes: `[..., n, ...]`, and the same for the result.
  public func sorted(alongAxis axis: Int = -1, descending: Bool = false) -> Tensor {
    ordered(axis, descending, "sorted(alongAxis:)").values
  }

  /// The positions (i32) of the elements along an axis in sorted order: where each element of
  /// ``sorted(alongAxis:descending:)`` comes from.
  ///
  /// Positions of equal elements are ascending.
  ///
  /// - Shapes: `[..., n, ...]`, and the same for the result. Other tensors of the shape are brought
  ///   into the same order by ``gatheredElements(at:alongAxis:)``.
  public func sortedPositions(alongAxis axis: Int = -1, descending: Bool = false) -> Tensor {
    ordered(axis, descending, "sortedPositions(alongAxis:)").positions
  }

  /// The `count` largest elements along an axis, largest first, and their positions (i32).
  ///
  /// They are the beginning of the elements in descending order: the first of equals comes first,
  /// and not-a-number before everything. Where `count` is much smaller than the axis, elements are
  /// selected in one pass instead of sorted.
  ///
  /// - Parameters:
  ///   - count: How many; at most the size of the axis.
  ///   - axis: The axis.
  ///   - smallest: Whether the smallest elements are wanted, smallest first; not-a-number comes
  ///     after everything.
  /// - Shapes: `[..., n, ...]` gives `[..., count, ...]` for both.
  public func top(
    _ count: Int, alongAxis axis: Int = -1, smallest: Bool = false
  ) -> (values: Tensor, positions: Tensor) {
    ordered(axis, !smallest, "top(_:alongAxis:)", count: count)
  }

  private func ordered(
    _ axis: Int, _ descending: Bool, _ operation: String, count: Int? = nil
  ) -> (values: Tensor, positions: Tensor) {
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      let size = shape[axis]
      if let count, !(0 ... size).contains(count) {
        throw OperationError(
          operation: operation, rule: "a count in 0 ... \(size)",
          got: "\(count) along axis \(axis) of shape \(shape)")
      }
      let results = applyAll(
        Sort(axis: axis, count: count ?? size, isDescending: descending), [self])
      return (results[0], results[1])
    } catch {
      return (Tensor(invalid: error), Tensor(invalid: error))
    }
  }
}
