/// Every `stride`-th index of a range along each axis.
package struct Slice: Primitive {
  package private(set) var starts: [Int]
  package private(set) var ends: [Int]
  package private(set) var strides: [Int]

  package init(starts: [Int], ends: [Int], strides: [Int]) {
    self.starts = starts
    self.ends = ends
    self.strides = strides
  }

  package var name: String { "slice" }
  package var spelling: String { "x[...]" }
  package var description: String {
    let ranges = starts.indices.map {
      strides[$0] == 1
        ? "\(starts[$0])..<\(ends[$0])" : "\(starts[$0])..<\(ends[$0]) by \(strides[$0])"
    }
    return "slice [" + ranges.joined(separator: ", ") + "]"
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = operands[0].shape
    let fits =
      starts.count == shape.rank && ends.count == shape.rank && strides.count == shape.rank
      && starts.indices.allSatisfy {
        0 <= starts[$0] && starts[$0] <= ends[$0] && ends[$0] <= shape[$0] && strides[$0] > 0
      }
    guard fits else {
      throw OperationError(
        operation: spelling, rule: "ranges within the tensor's axes",
        got: "\(self) of shape \(shape)")
    }
    let sizes = starts.indices.map { Slice.size(from: starts[$0], to: ends[$0], by: strides[$0]) }
    return [TensorType(operands[0].elementType, Shape(sizes))]
  }

  /// How many positions a range holds.
  static func size(from start: Int, to end: Int, by stride: Int) -> Int {
    end == start ? 0 : (end - start - 1) / stride + 1
  }

  /// The slice that takes from this one's operand what another takes from its result.
  package func followed(by next: Slice) -> Slice {
    var whole = self
    for axis in starts.indices {
      let count = Slice.size(from: next.starts[axis], to: next.ends[axis], by: next.strides[axis])
      if count == 0 {
        // An empty range may begin behind the last position, where this one has no place for it.
        whole.ends[axis] = starts[axis]
        continue
      }
      whole.starts[axis] = starts[axis] + next.starts[axis] * strides[axis]
      // A single element has no distance, and the product of two could be beyond all numbers.
      whole.strides[axis] = count == 1 ? 1 : strides[axis] * next.strides[axis]
      whole.ends[axis] = whole.starts[axis] + (count - 1) * whole.strides[axis] + 1
    }
    return whole
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let result = application.result.shape
    let operand = application.operand.shape
    let high = starts.indices.map { axis in
      let covered = result[axis] == 0 ? 0 : (result[axis] - 1) * strides[axis] + 1
      return operand[axis] - starts[axis] - covered
    }
    let cotangent = application.cotangent
    return [
      apply(
        Pad(
          low: starts, high: high,
          interior: strides.indices.map { result[$0] > 1 ? strides[$0] - 1 : 0 }),
        [cotangent, Tensor(0, elementType: cotangent.elementType)])
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(
      Slice(starts: [0] + starts, ends: [batch.size] + ends, strides: [1] + strides),
      batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        operands[0][index.indices.map { starts[$0] + index[$0] * strides[$0] }]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let steps = operands[0].shape.strides
    return StridedCopy(
      shape: results[0].shape, elementSize: operands[0].elementType.byteCount,
      sourceStrides: steps.indices.map { results[0].shape[$0] > 1 ? steps[$0] * strides[$0] : 0 },
      sourceOffset: steps.indices.reduce(0) { $0 + steps[$1] * starts[$1] }
    ).kernel("slice")
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Slice(starts: [1, 0], ends: [3, 2], strides: [1, 1]), [.init([4, 3])]),
      PrimitiveSample(Slice(starts: [0, 1], ends: [5, 6], strides: [2, 3]), [.init([5, 7])]),
      PrimitiveSample(Slice(starts: [2], ends: [2], strides: [1]), [.init([4])]),
      PrimitiveSample(Slice(starts: [], ends: [], strides: []), [.init([])]),
    ]
  }
}
