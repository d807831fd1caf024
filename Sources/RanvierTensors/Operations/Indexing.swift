/// What can stand for an axis between the brackets of `x[...]`.
///
/// Conforming types are fixed: `Int` picks one position and removes the axis, ranges pick several,
/// ``All`` keeps the axis, ``NewAxis`` inserts one of size 1, ``Ellipsis`` stands for all axes not
/// mentioned. Negative positions count from the end: `-3 ... -1` are the last three.
public protocol TensorIndex: Sendable {
  /// What the index does to its axis.
  var selection: AxisSelection { get }
}

/// What an index does to an axis.
public struct AxisSelection: Sendable {
  enum Kind: Sendable {
    case position(Int)
    case range(start: Int?, end: Int?, stride: Int)
    case newAxis
    case ellipsis
  }
  let kind: Kind
}

extension Int: TensorIndex {
  public var selection: AxisSelection { AxisSelection(kind: .position(self)) }
}
extension Range<Int>: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: lowerBound, end: upperBound, stride: 1))
  }
}
extension ClosedRange<Int>: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: lowerBound, end: end(after: upperBound), stride: 1))
  }
}
extension PartialRangeFrom<Int>: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: lowerBound, end: nil, stride: 1))
  }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: nil, end: upperBound, stride: 1))
  }
}
extension PartialRangeThrough<Int>: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: nil, end: end(after: upperBound), stride: 1))
  }
}

/// The end of a range through a position; none after the last one, -1, whose successor would be the
/// first.
private func end(after last: Int) -> Int? {
  last == -1 ? nil : last &+ 1
}

/// Keeps a whole axis: `x[.all, 0]`.
public struct All: TensorIndex {
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: nil, end: nil, stride: 1))
  }
}
/// Inserts an axis of size 1: `x[.newAxis]`.
public struct NewAxis: TensorIndex {
  public var selection: AxisSelection { AxisSelection(kind: .newAxis) }
}
/// Stands for all axes that no other index mentions: `x[.ellipsis, 0]`.
public struct Ellipsis: TensorIndex {
  public var selection: AxisSelection { AxisSelection(kind: .ellipsis) }
}
/// Every n-th position of a range, which may be open: `x[.every(2)]`, `x[.every(2, in: 1 ..< 7)]`.
public struct Stride: TensorIndex {
  let start: Int?
  let end: Int?
  let step: Int
  public var selection: AxisSelection {
    AxisSelection(kind: .range(start: start, end: end, stride: step))
  }
}

extension TensorIndex where Self == All {
  /// The whole axis.
  public static var all: All { All() }
}
extension TensorIndex where Self == NewAxis {
  /// A new axis of size 1.
  public static var newAxis: NewAxis { NewAxis() }
}
extension TensorIndex where Self == Ellipsis {
  /// All axes not mentioned.
  public static var ellipsis: Ellipsis { Ellipsis() }
}
extension TensorIndex where Self == Stride {
  /// Every `step`-th position of the axis, or of a range.
  public static func every(_ step: Int, in range: Range<Int>? = nil) -> Stride {
    Stride(start: range?.lowerBound, end: range?.upperBound, step: step)
  }
}

extension Tensor {
  /// Parts of the tensor, by one index per axis from the first; negative positions count from the
  /// end.
  ///
  ///     x[0]                    // the first row
  ///     x[1 ..< 3, .all, -1]    // rows 1 and 2 of the last channel
  ///     x[.ellipsis, .newAxis]  // a new last axis
  ///
  /// A wrong index gives an invalid tensor. Assigning broadcasts the value to the part.
  public subscript(indices: any TensorIndex...) -> Tensor {
    get {
      do {
        let part = try resolved(indices)
        let slice = Slice(starts: part.starts, ends: part.ends, strides: part.strides)
        return apply(slice, [self]).reshaped(to: part.shape)
      } catch {
        return Tensor(invalid: error)
      }
    }
    set {
      do {
        try replace(resolved(indices), with: newValue)
      } catch {
        self = Tensor(invalid: error)
      }
    }
  }

  /// A range of positions along one axis.
  package func sliced(_ range: Range<Int>, alongAxis axis: Int) -> Tensor {
    var starts = [Int](repeating: 0, count: rank)
    var ends = shape.sizes
    starts[axis] = range.lowerBound
    ends[axis] = range.upperBound
    return apply(
      Slice(starts: starts, ends: ends, strides: [Int](repeating: 1, count: rank)), [self])
  }

  private struct Part {
    var starts: [Int] = []
    var ends: [Int] = []
    var strides: [Int] = []
    /// The result's shape, without picked axes and with new ones.
    var shape: Shape = []
  }

  private func resolved(_ indices: [any TensorIndex]) throws(OperationError) -> Part {
    if let error { throw error }
    var selections = indices.map(\.selection.kind)
    let used = selections.count {
      switch $0 {
      case .position, .range: true
      case .newAxis, .ellipsis: false
      }
    }
    let ellipses = selections.indices.filter {
      if case .ellipsis = selections[$0] { true } else { false }
    }
    guard used <= rank, ellipses.count <= 1 else {
      throw OperationError(
        operation: "x[...]", rule: "at most one index per axis and one ellipsis",
        got: "\(indices.count) indices for shape \(shape)")
    }
    let whole = AxisSelection.Kind.range(start: nil, end: nil, stride: 1)
    let rest = [AxisSelection.Kind](repeating: whole, count: rank - used)
    if let position = ellipses.first {
      selections.replaceSubrange(position ... position, with: rest)
    } else {
      selections += rest
    }

    var part = Part()
    var axis = 0
    for selection in selections {
      switch selection {
      case .newAxis: part.shape.sizes.append(1)
      case .ellipsis: break
      case .position(let index):
        let position = index < 0 ? index + shape[axis] : index
        guard (0 ..< shape[axis]).contains(position) else {
          throw OperationError(
            operation: "x[...]", rule: "a position in \(-shape[axis]) ..< \(shape[axis])",
            got: "\(index) on axis \(axis) of shape \(shape)")
        }
        part.starts.append(position)
        part.ends.append(position + 1)
        part.strides.append(1)
        axis += 1
      case .range(let first, let last, let step):
        func position(_ index: Int) -> Int { index < 0 ? index + shape[axis] : index }
        let start = first.map(position) ?? 0
        let end = last.map(position) ?? shape[axis]
        guard step > 0, 0 <= start, start <= end, end <= shape[axis] else {
          throw OperationError(
            operation: "x[...]", rule: "a range within 0 ... \(shape[axis]) and a positive step",
            got: "\(first ?? start) ..< \(last ?? end) by \(step) on axis \(axis) of shape \(shape)"
          )
        }
        part.starts.append(start)
        part.ends.append(end)
        part.strides.append(step)
        part.shape.sizes.append(Slice.size(from: start, to: end, by: step))
        axis += 1
      }
    }
    return part
  }

  /// Replaces the elements of a part.
  ///
  /// Elements that are known and that nobody else uses are overwritten in place, so that filling a
  /// tensor part by part does not copy it each time.
  private mutating func replace(_ part: Part, with value: Tensor) throws(OperationError) {
    let sizes = part.starts.indices.map {
      Slice.size(from: part.starts[$0], to: part.ends[$0], by: part.strides[$0])
    }
    let filling = try value.cast(to: elementType).broadcast(to: part.shape)
      .reshaped(to: Shape(sizes)).spelled("x[...] = value", value).validated()
    if sizes.contains(0) { return }
    if case .concrete = content, case .concrete(let source) = filling.content {
      let steps = shape.strides
      let copy = StridedCopy(
        shape: Shape(sizes), elementSize: elementType.byteCount,
        sourceStrides: filling.shape.strides,
        resultStrides: steps.indices.map { sizes[$0] > 1 ? steps[$0] * part.strides[$0] : 0 },
        resultOffset: steps.indices.reduce(0) { $0 + steps[$1] * part.starts[$1] })
      withUniqueStorage { copy.run(from: source.address, to: $0) }
      return
    }
    if part.strides.allSatisfy({ $0 == 1 }) {
      let starts = part.starts.map { Tensor(Int64($0)) }
      self = try apply(DynamicUpdate(), [self, filling] + starts).validated()
      return
    }
    // Elsewhere the mask is false and the old elements stay: differentiable, and the same in
    // compiled code.
    let high = sizes.indices.map {
      shape[$0] - part.starts[$0] - ((sizes[$0] - 1) * part.strides[$0] + 1)
    }
    let gaps = sizes.indices.map { sizes[$0] > 1 ? part.strides[$0] - 1 : 0 }
    let pad = Pad(low: part.starts, high: high, interior: gaps)
    let mask: Tensor = apply(
      pad,
      [
        Tensor(repeating: 1, shape: Shape(sizes), elementType: .bool),
        Tensor(0, elementType: .bool),
      ])
    let spread: Tensor = apply(pad, [filling, Tensor(0, elementType: elementType)])
    self = try select(mask, spread, self).validated()
  }
}
