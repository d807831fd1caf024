import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `transformers`.
struct TransformerGolden: Decodable {
  var kind: String
  /// The names of the tensors that there are gradients of.
  var inputs: [String]
  var heads: Int?
  var shared: Int?
  var causal: Bool?
  var pairing: String?
  var base: Double?
  var offset: Int?
  var activation: String?
  var gated: Bool?
  var first: Bool?
  var chosen: Int?
}

/// Expects a function to equal all golden cases of a kind with their gradients, in `f64` to 1e-10
/// and in `f32` to 1e-5.
func expectTransformerGolden(
  _ kind: String, cases count: Int, sourceLocation: SourceLocation = #_sourceLocation,
  _ function: @escaping @Sendable (Parameters, TransformerGolden) -> Tensor
) throws {
  let golden = try Golden("transformers")
  var found = 0
  for name in golden.cases {
    let options = try golden.options(name, as: TransformerGolden.self)
    if options.kind != kind { continue }
    let double = golden.tensors(name)
    let single = double.mapValues { $0.elementType == .float64 ? $0.cast(to: .float32) : $0 }
    for (tensors, relative, absolute) in [(double, 1e-10, 1e-12), (single, 1e-5, 2e-6)] {
      let type = tensors["output"].elementType
      expectGolden(
        tensors, inputs: options.inputs, relative: relative, absolute: absolute, "\(name), \(type)",
        sourceLocation: sourceLocation
      ) { inputs in
        var values = tensors
        for (input, value) in zip(options.inputs, inputs) { values[input] = value }
        return function(values, options)
      }
    }
    found += 1
  }
  #expect(found == count, sourceLocation: sourceLocation)
}
