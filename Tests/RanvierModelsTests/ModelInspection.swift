import RanvierModels
import RanvierTensors
import TestSupport
import Testing

extension Model {
  /// What the last layer gives.
  func outputSignature() throws -> LayerSignature {
    try #require(ResolvedModel(self).nodes.last).signature
  }

  /// The output's shape.
  func outputShape() throws -> DynamicShape {
    let resolved = try ResolvedModel(self)
    return resolved.declaration(of: resolved.output).shape
  }

  /// The paths of all layers in order.
  func paths() throws -> [String] { try ResolvedModel(self).nodes.map(\.path) }

  /// The paths of all parameters in order.
  func parameterPaths() throws -> [String] { try ResolvedModel(self).parameters.map(\.path) }

  /// What is wrong with the model.
  func problems() -> [BuildError.Problem] {
    do {
      _ = try ResolvedModel(self)
      return []
    } catch {
      return error.problems
    }
  }

  /// The output for an input, with parameters of a seed.
  func output(for input: Tensor, seed: UInt64 = 1) throws -> Tensor {
    let (initialize, predict) = try build()
    return try predict(initialize(seed: seed), input)
  }
}

/// Expects the only problem of a model to say something.
func expectProblem(
  _ model: Model, rule: String, got: String, hint: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let problems = model.problems()
  #expect(problems.count == 1, "\(problems)", sourceLocation: sourceLocation)
  guard let problem = problems.first else { return }
  #expect(problem.rule.contains(rule), "\(problem)", sourceLocation: sourceLocation)
  #expect(problem.got.contains(got), "\(problem)", sourceLocation: sourceLocation)
  if let hint {
    #expect(problem.hint.contains(hint), "\(problem)", sourceLocation: sourceLocation)
  }
}

/// Random elements between -1 and 1 in `f32`.
func randomInput(_ shape: Shape, salt: String = "") -> Tensor {
  var generator = TestGenerator(salt: salt)
  return Tensor.random(shape, using: &generator).cast(to: .float32)
}
