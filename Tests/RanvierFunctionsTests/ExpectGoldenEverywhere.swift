import RanvierTensors
import TestSupport
import Testing

/// Expects a function of a golden case of `f64` to give its output and gradients in `f64` and in
/// `f32`, and both of them compiled, too; and the gradients to be those of finite differences.
///
/// - Parameters:
///   - golden: The family.
///   - name: The case, whose option `inputs` names the arguments of the function.
///   - hasFiniteDifferences: Whether gradients are those of the value: some leave parts out.
///   - function: What the case describes, of inputs in order and of all of the case's tensors.
func expectGoldenEverywhere(
  _ golden: Golden, _ name: String, inputs: [String], hasFiniteDifferences: Bool = true,
  sourceLocation: SourceLocation = #_sourceLocation,
  of function: @escaping @Sendable (_ inputs: [Tensor], _ constants: Parameters) -> Tensor
) throws {
  let double = golden.tensors(name)
  let single = double.mapValues { $0.elementType == .float64 ? $0.cast(to: .float32) : $0 }
  expectGolden(
    double, inputs: inputs, relative: 1e-10, absolute: 1e-12, "\(name), f64",
    sourceLocation: sourceLocation
  ) { function($0, double) }
  expectGolden(
    single, inputs: inputs, relative: 1e-5, absolute: 5e-6, "\(name), f32",
    sourceLocation: sourceLocation
  ) { function($0, single) }
  for (tensors, type) in [(double, "f64"), (single, "f32")] {
    try expectCompiledMatches(
      at: inputs.map { tensors[$0] }, "\(name), compiled \(type)", sourceLocation: sourceLocation
    ) { function($0, tensors) }
  }
  guard hasFiniteDifferences else { return }
  expectGradientsMatch(
    at: inputs.map { double[$0] }, order: 1, "\(name), finite differences",
    sourceLocation: sourceLocation
  ) { function($0, double) }
}
