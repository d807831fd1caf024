package import RanvierTensors
package import Testing

/// Expects the derivatives of a function of `f64` tensors to agree with central finite differences.
///
/// The slope along one random direction is compared, so the cost does not grow with the number of
/// elements; a result that is not a scalar is first multiplied by a random cotangent. Order 2
/// checks the function `x -> <gradient(x), direction>` in the same way.
package func expectGradientsMatch(
  at point: [Tensor], seed: UInt64 = testSeed, order: Int = 2, step: Double = 2e-5,
  relative: Double = 1e-5, absolute: Double = 1e-7, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation, of function: ([Tensor]) -> Tensor
) {
  var generator = TestGenerator(seed: seed, salt: comment)
  let result = function(point)
  if let error = result.error {
    Issue.record("\(comment): \(error)", sourceLocation: sourceLocation)
    return
  }
  let cotangent = Tensor.random(result.shape, using: &generator)
  let directions = point.map { Tensor.random($0.shape, using: &generator) }
  func projected(_ x: [Tensor]) -> Tensor { (function(x) * cotangent).sum() }

  let derivatives = gradient(at: point, of: projected)
  for (derivative, tensor) in zip(derivatives, point) where derivative.type != tensor.type {
    Issue.record(
      "\(comment): gradient \(derivative.error.map(\.description) ?? "\(derivative.type)") at a point of \(tensor.type), \(seedNote(seed))",
      sourceLocation: sourceLocation)
    return
  }
  let slope = inner(derivatives, directions).scalar(as: Double.self)
  let ahead = projected(zip(point, directions).map { $0 + $1 * step }).scalar(as: Double.self)
  let behind = projected(zip(point, directions).map { $0 - $1 * step }).scalar(as: Double.self)
  let difference = (ahead - behind) / (2 * step)
  if !(abs(slope - difference) <= absolute + relative * abs(difference)) {
    Issue.record(
      """
      \(comment): derivative \(slope), finite differences \(difference) \
      (difference \(slope - difference); order \(order) from the innermost), \(seedNote(seed))
      """, sourceLocation: sourceLocation)
    return
  }
  guard order > 1 else { return }
  expectGradientsMatch(
    at: point, seed: seed &+ 1, order: order - 1, step: step, relative: relative,
    absolute: absolute, comment + " (next order)", sourceLocation: sourceLocation
  ) { x in inner(gradient(at: x, of: projected), directions) }
}

/// The inner product of two lists of tensors of equal shapes.
private func inner(_ first: [Tensor], _ second: [Tensor]) -> Tensor {
  zip(first, second).reduce(Tensor(0.0)) { $0 + ($1.0 * $1.1).sum() }
}
