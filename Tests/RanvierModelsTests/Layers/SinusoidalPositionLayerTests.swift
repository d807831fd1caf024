import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SinusoidalPositionLayerTests {
  @Test func `adds sines and cosines to sequences of any length`() throws {
    let x = Model.input(shape: [nil, nil, 6])
    let model = x.sinusoidalPositionEmbedding(base: 100, pairing: .halves)
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, nil, 6] && signature.parameters.isEmpty)
    for tokens in [1, 5] {
      let values = randomInput([2, tokens, 6])
      expectClose(
        try model.output(for: values),
        values + sinusoidalPositions(tokens: tokens, features: 6, base: 100, pairing: .halves))
      expectClose(
        try x.sinusoidalPositionEmbedding().output(for: values),
        values + sinusoidalPositions(tokens: tokens, features: 6))
    }
  }

  @Test func `shows options other than the defaults`() throws {
    let x = Model.input(shape: [nil, 3, 6])
    let rows = try x.sinusoidalPositionEmbedding()
      .sinusoidalPositionEmbedding(base: 50, pairing: .halves).summary().rows
    #expect(rows.map(\.options).suffix(2) == [[], ["base: 50.0", "pairing: halves"]])
    #expect(rows[1].path == "sinusoidal_position_embedding_0")
  }

  @Test func `refuses what does not fit`() {
    expectProblem(
      Model.input(shape: [nil, 6]).sinusoidalPositionEmbedding(),
      rule: "[batch, ..., tokens, features]", got: "[nil, 6]")
    expectProblem(
      Model.input(shape: [nil, 3, nil]).sinusoidalPositionEmbedding(), rule: "known features",
      got: "[nil, 3, nil]")
    expectProblem(
      Model.input(shape: [nil, 3, 5]).sinusoidalPositionEmbedding(pairing: .halves),
      rule: "even number of features", got: "5 features")
    expectProblem(
      Model.input(shape: [nil, 3, 4]).sinusoidalPositionEmbedding(base: 0), rule: "positive base",
      got: "base 0.0")
    expectProblem(
      Model.input(shape: [nil, 3, 4], elementType: .int32).sinusoidalPositionEmbedding(),
      rule: "floating-point", got: "i32[nil, 3, 4]")
  }
}
