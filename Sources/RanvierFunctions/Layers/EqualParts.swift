package import RanvierTensors

/// Equal parts of a tensor, one after the other along an axis.
///
/// The cotangents of the parts are put together by one copy. As slices, each would be padded to the
/// size of the whole, and all of them added.
package func equalParts(_ x: Tensor, _ count: Int, alongAxis axis: Int) -> [Tensor] {
  let parts = withDerivative(of: { (whole: Tensor) in whole.split(into: count, alongAxis: axis) }) {
    _, _, cotangents in Tensor(concatenating: cotangents, alongAxis: axis)
  }
  return parts(x)
}
