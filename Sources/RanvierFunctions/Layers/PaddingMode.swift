public import RanvierTensors

/// What a border around a tensor is filled with.
public enum PaddingMode: Sendable, Hashable {
  /// One value.
  case constant(Double)
  /// The elements mirrored at the outermost ones, which are not repeated: `c b | a b c | b a`.
  case reflect
  /// The outermost elements: `a a | a b c | c c`.
  case replicate
  /// The elements of the other end, as if the axis were a circle: `b c | a b c | a b`.
  case circular
  /// The elements mirrored at the edges, so that the outermost ones are repeated:
  /// `b a | a b c | c b`.
  case symmetric

  /// The widest border of an axis of a size, at one end.
  fileprivate func limit(_ size: Int) -> Int {
    switch self {
    case .constant: .max
    case .reflect: max(size - 1, 0)
    case .replicate: size > 0 ? .max : 0
    case .circular, .symmetric: size
    }
  }

  /// The position within an axis that a position outside it takes its element from.
  fileprivate func source(of position: Int, size: Int) -> Int {
    let isBefore = position < 0
    return switch self {
    case .constant: position
    case .reflect: isBefore ? -position : 2 * size - 2 - position
    case .replicate: isBefore ? 0 : size - 1
    case .circular: isBefore ? position + size : position - size
    case .symmetric: isBefore ? -position - 1 : 2 * size - 1 - position
    }
  }
}

extension Tensor {
  /// The tensor with a border that continues its elements.
  ///
  ///     Tensor([1, 2, 3]).padded([(2, 1)], mode: .reflect)     // 3 2 1 2 3 2
  ///     Tensor([1, 2, 3]).padded([(2, 1)], mode: .circular)    // 2 3 1 2 3 1
  ///
  /// - Parameters:
  ///   - border: The numbers of positions before and after each axis. A border that reflects is
  ///     smaller than its axis; a circular or symmetric one is at most as wide.
  ///   - mode: What the border is filled with.
  public func padded(_ border: [(before: Int, after: Int)], mode: PaddingMode) -> Tensor {
    let operation = "padded(_:mode:)"
    if error != nil { return self }
    let fits = zip(shape.sizes, border).allSatisfy { size, border in
      (0 ... mode.limit(size)).contains(border.before)
        && (0 ... mode.limit(size)).contains(border.after)
    }
    guard border.count == rank, fits else {
      let borders = border.map { "(\($0.before), \($0.after))" }.joined(separator: ", ")
      return Tensor(
        invalid: OperationError(
          operation: operation,
          rule: "a border (before, after) for each axis, none negative or beyond what \(mode) has",
          got: "borders [\(borders)] for shape \(shape)"))
    }
    if case .constant(let value) = mode {
      return padded(border, with: value).spelled(operation)
    }
    return border.indices.reduce(self) { x, axis in
      let size = x.shape[axis]
      func edge(_ positions: Range<Int>) -> [Tensor] {
        if positions.isEmpty { return [] }
        let sources = positions.map { Int64(mode.source(of: $0, size: size)) }
        return [x.gathered(at: Tensor(sources), alongAxis: axis)]
      }
      let (before, after) = (
        edge(-border[axis].before ..< 0), edge(size ..< size + border[axis].after)
      )
      return before.isEmpty && after.isEmpty
        ? x : Tensor(concatenating: before + [x] + after, alongAxis: axis).spelled(operation)
    }
  }
}
