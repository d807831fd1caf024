import Foundation
import Ranvier
import TestSupport
import Testing

/// The rows on derivatives, transformations of functions, models and training.
@Suite struct TrainingRowTests {
  private let given = GuideTensors()

  @Test func `derivatives and transformations`() throws {
    let (x, y, v) = (given.x, given.y, given.v)
    let s = Tensor(Float(5))
    let f: @Sendable (Tensor) -> Tensor = { square($0).sum() }
    let g: @Sendable (Tensor, Tensor) -> Tensor = { ($0 * $1).sum() }
    #expect(gradient(at: x, of: f) == 2 * x)
    let (value, slope) = valueWithGradient(at: x, of: f)
    #expect(value == Tensor(Float(91)) && slope == 2 * x)
    let both = gradient(at: x, y, of: g)
    #expect(both.0 == y && both.1 == x)
    let (result, pullback) = valueWithPullback(at: x, of: f)
    #expect(result == value && pullback(s) == 10 * x)
    expectVector(vectorized(f)(x), [14, 77])
    #expect(try compile(f)(x) == value)
    let sums = scan(over: x, from: v) { carry, row in (carry + row, carry) }
    expectVector(sums.carry, [8, 8, 11])
    expectRows(sums.outputs, [[3, 1, 2], [4, 3, 5]])
    expectNumber(cond(less(s, 0), then: { -s }, else: { s }), 5)
    expectNumber(whileLoop(from: s, while: { less($0, 9) }) { 2 * $0 }, 10)
    #expect(gradient(at: x, of: { checkpointed(f)($0) }) == 2 * x)
    #expect(checkpointed(f)(x) == value)
    #expect(gradient(at: x) { (stopGradient(x) * $0).sum() } == x)
    #expect(gradient(at: x) { x in (stopGradient(x) * x).sum() } == x)
    let rounded = withDerivative(of: { round($0) }) { _, _, cotangent in cotangent }
    #expect(gradient(at: x + 0.3) { square(rounded($0)).sum() } == 2 * x)
    let check = try checkGradients(at: x, order: 2, of: f)
    #expect(check.passes, "\(check)")
  }

  @Test func models() throws {
    let key = given.key
    let inputs = key.normal([4, 4])
    let small = try Model.input("x", shape: [nil, 4]).dense(8).build()
    #expect(try small.predict(small.initialize(seed: 0), inputs).shape == [4, 8])
    let model = Model.input("x", shape: [nil, 4]).dense(2)
    let deeper = model.relu().dropout(rate: 0.1)
    #expect("\(try deeper.summary())".contains("dropout_0"))
    print(try model.summary())
    let image = Model.input("image", shape: [nil, 8, 8, 3])
    #expect("\(try image.conv(16, kernelSize: 3, padding: .same).summary())".contains("8, 8, 16"))
    #expect("\(try image.maxPool(2).summary())".contains("4, 4, 3"))
    #expect("\(try image.batchNorm().summary())".contains("batch_norm_0"))
    let spread = try image.convTranspose(16, kernelSize: 2, strides: 2).summary()
    #expect("\(spread)".contains("16, 16, 16"))
    #expect("\(try image.upSample(2).summary())".contains("16, 16, 3"))
    #expect("\(try image.adaptiveAveragePool(2).summary())".contains("2, 2, 3"))
    #expect("\(try image.instanceNorm().summary())".contains("instance_norm_0"))
    #expect("\(try image.spatialDropout(rate: 0.1).summary())".contains("spatial_dropout_0"))
    let tokens = Model.input("tokens", shape: [nil, 6], elementType: .int32)
    let words = tokens.embedding(vocabulary: 65, features: 8)
    #expect("\(try words.layerNorm().summary())".contains("layer_norm_0"))
    #expect("\(try words.rmsNorm().summary())".contains("rms_norm_0"))
    #expect("\(try words.groupNorm(groups: 2).summary())".contains("group_norm_0"))
    #expect("\(try words.multiHeadAttention(heads: 2).summary())".contains("kernel: f32[8, 24]"))
    #expect("\(try words.lstm(16).summary())".contains("nil, 6, 16"))
    #expect("\(try words.gru(16).summary())".contains("nil, 6, 16"))
    #expect("\(try words.bidirectional(.lstm(16)).summary())".contains("nil, 6, 32"))
    let block = try words.transformerEncoder(TransformerBlock(heads: 2, hidden: 32), layers: 2)
      .summary()
    #expect("\(block)".contains("kernel: f32[8, 32]"))
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let predictions = try predict(state, inputs)
    expectClose(
      predictions,
      matmul(inputs, state.parameters["dense_0/kernel"]) + state.parameters["dense_0/bias"])
    let path = FileManager.default.temporaryDirectory.path + "/guide-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try state.save(to: path)
    #expect(try ModelState(contentsOf: path) == state)
  }

  @Test func training() throws {
    let (x, y, key) = (given.x, given.y, given.key)
    expectVector(softmax(x).sum(alongAxes: [1]), [1, 1])
    expectNumber(gelu(x)[0, 1], 1.95449974)
    expectNumber(meanSquaredError(y, x), 70.0 / 6)
    expectClose(scaledDotProductAttention(x, y, y, isCausal: true)[0], y[0])
    let labels = Tensor([2, 0])
    expectNumber(categoricalCrossEntropy(labels, x, fromLogits: true), 1.40760596)
    #expect(Optimizer.adamW(learningRate: 1e-3).name == "adamW")
    let optimizer = Optimizer.adam().preceded(by: .clipByGlobalNorm(1))
    let (p, g): (Parameters, Parameters) = (["x": x], ["x": y])
    let s = optimizer.initialize(p)
    let (moved, _) = optimizer.update(parameters: p, gradients: g, state: s)
    expectClose(moved["x"], x - 1e-3, relative: 1e-5)

    let inputs = key.normal([6, 4])
    let data = try Dataset(
      inputs: inputs, targets: inputs.sum(alongAxes: [1], keepingAxes: true))
    let batches = try data.batches(of: 2, shuffledBy: key)
    let model = Model.input("x", shape: [nil, 4]).dense(1)
    let loop = Loop.trainer(model, loss: .meanSquaredError, optimizer: .adam()).progress(.silent)
    let result = try loop.run(over: batches, epochs: 2)
    #expect(result.history.count == 2 && result.totalIterations == 6)
  }
}
