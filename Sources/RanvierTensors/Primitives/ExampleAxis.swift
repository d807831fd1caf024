// Where the examples of a batch go when a primitive that has a batch axis, or channels, of its own
// is applied to all of them at once.

extension Primitive {
  /// The results for a batch of a primitive whose operands and results all begin with an axis of
  /// examples of their own.
  func appliedToJoinedExamples(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, batch.operands.indices.map { batch.repeated($0).joiningExamples() }).map {
      $0.separatingExamples(batch.size)
    }
  }
}

extension Tensor {
  /// Examples and the axis behind them as one: `[examples, n, ...]` as `[examples * n, ...]`.
  func joiningExamples() -> Tensor {
    reshaped(to: Shape([shape[0] * shape[1]] + shape.sizes.dropFirst(2)))
  }

  /// The reverse of ``joiningExamples()``.
  func separatingExamples(_ count: Int) -> Tensor {
    reshaped(to: Shape([count, shape[0] / Swift.max(count, 1)] + shape.sizes.dropFirst()))
  }

  /// Examples as further channels: `[examples, ..., groups * c]` as
  /// `[..., groups * examples * c]`, where channels of one group stay together.
  func examplesAsChannels(groups: Int = 1) -> Tensor {
    let outer = shape.sizes.dropFirst().dropLast()
    let split = reshaped(to: Shape([shape[0]] + outer + [groups, shape[-1] / groups]))
    return split.withAxis(0, movedTo: split.rank - 2).reshaped(
      to: Shape(outer + [shape[0] * shape[-1]]))
  }

  /// The reverse of ``examplesAsChannels(groups:)``.
  func channelsAsExamples(_ count: Int, groups: Int = 1) -> Tensor {
    let outer = shape.sizes.dropLast()
    let channels = shape[-1] / count
    let split = reshaped(to: Shape(outer + [groups, count, channels / groups]))
    return split.withAxis(split.rank - 2, movedTo: 0).reshaped(
      to: Shape([count] + outer + [channels]))
  }

  /// The tensor with one axis at another place, the others in order.
  func withAxis(_ axis: Int, movedTo position: Int) -> Tensor {
    var order = Array(0 ..< rank)
    order.insert(order.remove(at: axis), at: position)
    return transposed(permutation: order)
  }
}

extension ConvolutionGeometry {
  /// The same movement for as many examples side by side, each with channels of its own.
  func repeated(_ count: Int) -> ConvolutionGeometry {
    var geometry = self
    geometry.groups *= count
    return geometry
  }
}
