package import RanvierTensors
package import Testing

/// Expects two tensors to have equal shapes and elements that differ by at most `absolute +
/// relative * |expected|`.
///
/// A failure reports shapes first, then the largest difference and where it is.
package func expectClose(
  _ actual: Tensor, _ expected: Tensor, relative: Double = 1e-5, absolute: Double = 1e-6,
  _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  if let error = actual.error ?? expected.error {
    Issue.record("\(comment()): \(error)", sourceLocation: sourceLocation)
    return
  }
  guard actual.shape == expected.shape else {
    Issue.record(
      "\(comment()): shape \(actual.shape), expected \(expected.shape)",
      sourceLocation: sourceLocation)
    return
  }
  let a = actual.scalars(as: Double.self)
  let b = expected.scalars(as: Double.self)
  var worst: (excess: Double, index: Int)?
  for index in a.indices where a[index] != b[index] && !(a[index].isNaN && b[index].isNaN) {
    let excess = abs(a[index] - b[index]) - (absolute + relative * abs(b[index]))
    if excess.isNaN || excess > 0, worst.map({ excess.isNaN || excess > $0.excess }) ?? true {
      worst = (excess, index)
    }
  }
  if let worst {
    Issue.record(
      """
      \(comment()): element \(worst.index) of \(actual.type) is \(a[worst.index]), expected \(b[worst.index]) \
      (difference \(a[worst.index] - b[worst.index]); tolerances \(relative) relative, \(absolute) absolute)
      """, sourceLocation: sourceLocation)
  }
}
