import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

/// Training with products of bf16 ends where training in `f32` does.
@Suite(.tags(.slow)) struct MixedPrecisionTests {
  private static let steps = 500

  /// The mean loss of the last tenth of 500 steps.
  private func finalLoss(
    _ model: Model, _ data: Dataset, batch: Int, loss: Loss, precision: Precision
  ) throws -> Double {
    let batches = try data.batches(of: batch, shuffledBy: RandomKey(seed: 1))
    let log = Log<Double>()
    let loop = Loop.trainer(
      model, loss: loss, optimizer: .adam(learningRate: 5e-3), precision: precision
    )
    .progress(.silent)
    .on(.iterationCompleted) { state in
      log.append(state.batchLoss)
      return log.entries.count < Self.steps ? .proceed : .haltLoop
    }
    let trained = try loop.run(over: batches, epochs: 1 + Self.steps / batches.batchCount, seed: 2)
    #expect(trained.modelState.parameters.allSatisfy { $0.1.elementType == .float32 })
    #expect(trained.optimizerState.allSatisfy { !$0.1.elementType.isNarrowFloat })
    #expect(log.entries.count == Self.steps)
    let last = log.entries.suffix(Self.steps / 10)
    return last.reduce(0, +) / Double(last.count)
  }

  private func expectSameLoss(
    _ model: Model, _ data: Dataset, batch: Int, loss: Loss, below: Double
  ) throws {
    let full = try finalLoss(model, data, batch: batch, loss: loss, precision: .full)
    let mixed = try finalLoss(model, data, batch: batch, loss: loss, precision: .mixedBFloat16)
    #expect(full < below)
    #expect(abs(mixed - full) < 0.02 * full, "\(mixed) and \(full)")
    #expect(mixed != full)
  }

  @Test func `a convolutional network learns digits`() throws {
    let model = Model.input("pixels", shape: [nil, 8, 8, 1])
      .conv(8, kernelSize: 3, padding: .same).batchNorm().relu()
      .maxPool(2)
      .conv(16, kernelSize: 3, activation: .relu)
      .flatten()
      .dense(10)
    let digits = try Digits.load()
    // A tenth of each target is spread over all digits, so that the loss does not end at zero.
    let classes = digits.targets.expandedDimension(at: -1)
    let targets =
      equal(classes, Tensor.range(10, elementType: classes.elementType)).cast(to: .float32) * 0.9
      + 0.01
    try expectSameLoss(
      model, try Dataset(inputs: digits.inputs, targets: targets), batch: 32,
      loss: .categoricalCrossEntropy(fromLogits: true), below: 0.7)
  }

  @Test func `a GPT learns a language`() throws {
    let model = SequenceModelTests().gpt(
      blocks: 2, features: 16, heads: 2, tokens: 8, vocabulary: 7)
    // Each token follows from the one before, or, as often, from that and chance.
    let key = RandomKey(seed: 3)
    var tokens = [key.integers([256, 1], in: 0 ..< 7)]
    for position in 1 ..< 9 {
      let chance = key.derived("\(position)").integers([256, 1], in: 0 ..< 2)
      tokens.append(remainder(tokens[position - 1] * 3 + chance + 1, 7))
    }
    let text = Tensor(concatenating: tokens, alongAxis: 1)
    try expectSameLoss(
      model, try Dataset(inputs: text[.all, 0 ..< 8], targets: text[.all, 1 ..< 9]), batch: 16,
      loss: .categoricalCrossEntropy(fromLogits: true), below: 0.8)
  }
}
