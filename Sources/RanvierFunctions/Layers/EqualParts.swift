package import RanvierTensors

/// Equal parts of a tensor, one after the other along an axis.
///
/// The cotangents of the parts are put together by one copy. As slices, each would be padded to the
/// size of the whole, and all of them added.
package func equalParts(_ x: Tensor, _ count: Int, alongAxis axis: Int) -> [Tensor] {
  parts(of: x, alongAxis: axis) { $0.split(into: count, alongAxis: axis) }
}

/// Parts of given sizes, with the derivative of ``equalParts(_:_:alongAxis:)``.
package func parts(of x: Tensor, sizes: [Int], alongAxis axis: Int) -> [Tensor] {
  parts(of: x, alongAxis: axis) { $0.split(sizes: sizes, alongAxis: axis) }
}

private func parts(
  of x: Tensor, alongAxis axis: Int, split: @escaping @Sendable (Tensor) -> [Tensor]
) -> [Tensor] {
  let parts = withDerivative(of: split) { _, _, cotangents in
    Tensor(concatenating: cotangents, alongAxis: axis)
  }
  return parts(x)
}
