import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `transformers`.
struct TransformerGolden: Decodable {
  var kind: String
  var heads: Int?
  var hidden: Int?
  var activation: String?
  var gated: Bool?
  var first: Bool?
  var causal: Bool?
  var chosen: Int?

  var activationValue: Activation {
    activation == "relu" ? .relu : activation == "gelu" ? .gelu : .silu
  }
}

/// Expects models to equal the golden cases of a kind, with the gradients of all inputs and
/// parameters.
///
/// - Parameters:
///   - kind: The kind of the cases.
///   - count: How many cases there are.
///   - path: The path of a parameter by its name in the case.
///   - makeModel: The model of a case with inputs `input`, and `memory` and `mask` if the case has
///     them.
func expectTransformerGolden(
  _ kind: String, cases count: Int, path: (String) -> String,
  sourceLocation: SourceLocation = #_sourceLocation,
  model makeModel: (_ inputs: [String: Model], _ options: TransformerGolden, _ v: Parameters) ->
    Model
) throws {
  let golden = try Golden("transformers")
  var found = 0
  for name in golden.cases {
    let options = try golden.options(name, as: TransformerGolden.self)
    if options.kind != kind { continue }
    let tensors = golden.tensors(name).mapValues {
      $0.elementType == .float64 ? $0.cast(to: .float32) : $0
    }
    let inputs = ["input", "memory", "mask"].filter { tensors.contains($0) }
    let models = Dictionary(
      uniqueKeysWithValues: inputs.map {
        ($0, Model.input($0, shape: openShape(tensors[$0]), elementType: tensors[$0].elementType))
      })
    let model = makeModel(models, options, tensors)
    let predict = try model.build().predict
    let leaves = tensors.paths.filter { tensors.contains("\($0)_gradient") }
    let parameters = leaves.filter { !inputs.contains($0) }
    #expect(
      Set(try model.parameterPaths()) == Set(parameters.map(path)), "\(name)",
      sourceLocation: sourceLocation)
    func output(_ point: [Tensor]) throws -> Tensor {
      var (state, given) = (Parameters(), Parameters())
      for (leaf, value) in zip(leaves, point) {
        if inputs.contains(leaf) { given[leaf] = value } else { state[path(leaf)] = value }
      }
      if tensors.contains("mask") { given["mask"] = tensors["mask"] }
      return try predict(ModelState(parameters: state), given)
    }
    let point = leaves.map { tensors[$0] }
    expectClose(
      try output(point), tensors["output"], absolute: 3e-6, name, sourceLocation: sourceLocation)
    let gradients = try gradient(at: point) { (try output($0) * tensors["cotangent"]).sum() }
    for (leaf, slope) in zip(leaves, gradients) {
      expectClose(
        slope, tensors["\(leaf)_gradient"], absolute: 1e-5, "\(name), \(leaf)",
        sourceLocation: sourceLocation)
    }
    found += 1
  }
  #expect(found == count, sourceLocation: sourceLocation)
}

/// A tensor's shape with everything open but the features.
private func openShape(_ tensor: Tensor) -> DynamicShape {
  var shape = DynamicShape(tensor.shape)
  for axis in 0 ..< tensor.rank where axis < tensor.rank - 1 || tensor.elementType == .bool {
    shape[axis] = nil
  }
  return shape
}
