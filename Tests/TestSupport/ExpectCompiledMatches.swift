internal import RanvierCompilation
package import RanvierTensors
package import Testing

/// Expects a function and its derivatives to give compiled what they give without.
package func expectCompiledMatches(
  at point: [Tensor], _ comment: String, sourceLocation: SourceLocation = #_sourceLocation,
  of function: @escaping @Sendable ([Tensor]) -> Tensor
) throws {
  let run = { @Sendable (point: [Tensor]) -> [Tensor] in
    let (value, pullback) = valueWithPullback(at: point, of: function)
    // Not all ones, which would hide a wrong order of elements.
    let cotangent = cos(
      Tensor.range(value.count, elementType: value.elementType).reshaped(to: value.shape))
    return [value] + pullback(cotangent)
  }
  let eager = run(point)
  for (index, (result, expected)) in zip(try compile(run)(point), eager).enumerated() {
    let what = index == 0 ? "value" : "gradient \(index - 1)"
    expectClose(
      result, expected, absolute: 5e-6, "\(comment), \(what)", sourceLocation: sourceLocation)
  }
}
