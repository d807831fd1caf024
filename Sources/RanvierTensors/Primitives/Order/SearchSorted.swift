internal import CKernels

/// Where values belong in sorted rows.
///
/// Operands: rows `[rows, m]` in ascending order, and values `[rows, n]` of the same type. The
/// result is `[rows, n]` in i32: how many elements of the row precede the value.
package struct SearchSorted: Primitive {
  /// Whether elements equal to the value precede it.
  package let isAfterEqual: Bool

  package init(isAfterEqual: Bool) { self.isAfterEqual = isAfterEqual }

  package var name: String { "search_sorted" }
  package var spelling: String { "searchSorted" }
  package var description: String { "search_sorted \(isAfterEqual ? "after" : "before") equal" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let (rows, values) = (operands[0], operands[1])
    guard rows.shape.rank == 2, values.shape.rank == 2, rows.shape[0] == values.shape[0],
      rows.shape[1] <= Int(Int32.max), rows.elementType == values.elementType,
      rows.elementType != .bool
    else {
      throw OperationError(
        operation: spelling, rule: "as many rows of numbers as rows of values, of one type",
        got: "\(rows) and \(values)")
    }
    return [TensorType(.int32, values.shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // Examples are further rows.
    let operands = [batch.repeated(0), batch.repeated(1)]
    let flat = operands.map { $0.reshaped(to: [$0.shape[0] * $0.shape[1], $0.shape[2]]) }
    return [apply(self, flat).reshaped(to: operands[1].shape)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    // The same bisection as the kernel's, so that rows that are not sorted agree too.
    [
      ReferenceArray(resultTypes[0]) { index in
        let value = operands[1][index]
        var range = 0 ..< operands[0].shape[1]
        while !range.isEmpty {
          let middle = range.lowerBound + range.count / 2
          let element = operands[0][[index[0], middle]]
          let precedes =
            isAfterEqual
            ? !SearchSorted.precedes(value, element) : SearchSorted.precedes(element, value)
          range = precedes ? middle + 1 ..< range.upperBound : range.lowerBound ..< middle
        }
        return Double(range.lowerBound)
      }
    ]
  }

  private static func precedes(_ a: Double, _ b: Double) -> Bool {
    a < b || (b.isNaN && !a.isNaN)
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let (rows, extent) = (operands[0].shape[0], operands[0].shape[1])
    let (count, type) = (operands[1].shape[1], operands[0].elementType.ckType)
    let isAfterEqual = isAfterEqual
    return Kernel("search sorted") { arguments in
      ck_search_sorted(
        type, isAfterEqual, arguments[2].assumingMemoryBound(to: Int32.self), arguments[0],
        arguments[1], rows, extent, count)
    }
  }

  package static var samples: [PrimitiveSample] {
    [false, true].flatMap { isAfterEqual in
      [([1, 5], [1, 7]), ([3, 4], [3, 2]), ([2, 0], [2, 3]), ([2, 3], [2, 0])].map {
        (rows: Shape, values: Shape) in
        PrimitiveSample(
          SearchSorted(isAfterEqual: isAfterEqual),
          [.init(rows, .integers(0, 5)), .init(values, .integers(0, 5))], isDifferentiable: false)
      }
    }
  }
}

/// Where, among equal elements, a value is inserted into a sorted vector.
public enum InsertionSide: Sendable, Hashable {
  /// Before the elements that equal it.
  case beforeEqual
  /// After the elements that equal it.
  case afterEqual
}

/// The positions (i32) at which values can be inserted into a sorted vector so that it stays sorted.
///
/// The position is the number of elements that are less than the value, or with `.afterEqual` the
/// number that are less or equal. Not-a-number is greater than everything. If the vector is not in
/// ascending order, positions mean nothing.
///
/// - Parameters:
///   - sorted: A vector in ascending order.
///   - values: Numbers of any shape.
///   - side: Where values go that are in the vector.
/// - Shapes: `[m]` and values `[...]` give `[...]`.
/// - Note: With the edges of bins as the vector, this is NumPy's `digitize`.
public func searchSorted(
  _ sorted: Tensor, _ values: some TensorOperand, side: InsertionSide = .beforeEqual
) -> Tensor {
  var (row, wanted) = promoted(sorted, values)
  if row.elementType == .bool { (row, wanted) = (row.cast(to: .uint8), wanted.cast(to: .uint8)) }
  if let error = row.error ?? wanted.error { return Tensor(invalid: error) }
  guard row.rank == 1 else {
    return Tensor(
      invalid: OperationError(
        operation: "searchSorted", rule: "a sorted vector", got: "a tensor of shape \(row.shape)"))
  }
  let positions: Tensor = apply(
    SearchSorted(isAfterEqual: side == .afterEqual),
    [row.reshaped(to: [1, row.count]), wanted.reshaped(to: [1, wanted.count])])
  return positions.reshaped(to: wanted.shape)
}
