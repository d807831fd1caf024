import CKernels
import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

/// Training steps as bits: over two runs, and on several numbers of threads.
@Suite(.tags(.slow)) struct DeterminismTests {
  /// A model with data for it, large enough that kernels use threads.
  struct Problem: Sendable {
    let name: String
    let model: Model
    let inputs: Tensor
    let targets: Tensor

    /// What a few steps of training make of the parameters.
    func trained() throws -> ModelState {
      let data = try Dataset(inputs: inputs, targets: targets)
      return try Loop.trainer(
        model, loss: .categoricalCrossEntropy(fromLogits: true),
        optimizer: .adam(learningRate: 0.003)
      ).progress(.silent).run(over: try data.batches(of: 32), epochs: 2, seed: 5).modelState
    }
  }

  private static let key = RandomKey(seed: 9)

  static let problems: [Problem] = {
    func targets(_ shape: Shape, _ classes: Int) -> Tensor {
      key.derived("y").integers(shape, in: 0 ..< classes)
    }
    let image = key.derived("image").normal([64, 14, 14, 3])
    let sequence = key.derived("sequence").normal([64, 12, 16])
    let tokens = key.derived("tokens").integers([64, 16], in: 0 ..< 20)
    var gpt = Model.input("tokens", shape: [nil, nil], elementType: .int32)
      .embedding(vocabulary: 20, features: 64).positionEmbedding(maximumLength: 16)
    for block in 0 ..< 2 {
      gpt = gpt.scope("block_\(block)") { x in
        let attended = Model.add(x, x.layerNorm().multiHeadAttention(heads: 4, isCausal: true))
        return Model.add(
          attended, attended.layerNorm().dense(256, activation: .gelu).dense(64))
      }
    }
    return [
      Problem(
        name: "MLP",
        model: Model.input("x", shape: [nil, 14, 14, 3]).flatten().dense(256, activation: .relu)
          .dropout(rate: 0.5).dense(10),
        inputs: image, targets: targets([64], 10)),
      Problem(
        name: "CNN",
        model: Model.input("x", shape: [nil, 14, 14, 3])
          .conv(16, kernelSize: 3, padding: .same).batchNorm().relu()
          .conv(32, kernelSize: 3).relu().maxPool(2).flatten().dense(10),
        inputs: image, targets: targets([64], 10)),
      Problem(
        name: "LSTM",
        model: Model.input("x", shape: [nil, 12, 16]).lstm(64, returnsSequence: false).dense(10),
        inputs: sequence, targets: targets([64], 10)),
      Problem(
        name: "GPT", model: gpt.layerNorm().dense(20, useBias: false), inputs: tokens,
        targets: targets([64, 16], 20)),
    ]
  }()

  @Test(arguments: problems.indices)
  func `the same seed gives the same bits again`(_ index: Int) throws {
    let problem = Self.problems[index]
    #expect(try problem.trained() == problem.trained(), "\(problem.name)")
  }

  /// In a process of its own, whose number of threads is nobody else's.
  @Test func `results are the same bits on any number of threads`() async {
    await #expect(processExitsWith: .success) {
      Determinism.kernelThreads = 1
      for problem in DeterminismTests.problems {
        ck_set_thread_count(1)
        let alone = try problem.trained()
        for threads: Int32 in [2, 4] {
          ck_set_thread_count(threads)
          guard try problem.trained() == alone else {
            fatalError("\(problem.name) on \(threads) threads differs from one thread")
          }
        }
      }
    }
  }

  @Test func `a setting holds for kernels made afterwards, and can be taken back`() async {
    await #expect(processExitsWith: .success) {
      let x = DeterminismTests.key.normal([512, 512])
      let results = [nil, 1, 2, nil].map { threads in
        Determinism.kernelThreads = threads
        precondition(Determinism.kernelThreads == threads)
        return matmul(x, x)
      }
      for result in results { expectClose(result, results[0], relative: 1e-3, absolute: 1e-3) }
    }
  }
}
