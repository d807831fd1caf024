import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// A loss of tensors `[4, 3]` between 0.1 and 0.9.
struct CompiledLoss: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var count = 2
  var shape: Shape = [4, 3]
  let loss: @Sendable ([Tensor]) -> Tensor

  static let signs = Tensor([1, -1, 1, -1])

  static let all: [CompiledLoss] =
    (Loss.catalog + [
      .binaryCrossEntropy(fromLogits: true), .categoricalCrossEntropy(fromLogits: true),
      .categoricalFocal(fromLogits: true), .focal(fromLogits: true),
      .klDivergence(fromLogarithms: true),
      .poisson(fromLogarithms: true), .categoricalCrossEntropy.smoothingLabels(),
    ]).map { loss in
      CompiledLoss(testDescription: loss.name) {
        loss($0[0], $0[1], weights: Tensor([1, 0, 2, 3]), reduction: .weightedMean)
      }
    } + [
      CompiledLoss(testDescription: "classes", count: 1) {
        categoricalCrossEntropy(
          Tensor([0, 2, 1, 1]), $0[0], fromLogits: true, classWeights: Tensor([1.0, 2, 3]),
          reduction: .weightedMean)
      },
      CompiledLoss(testDescription: "sparse classes behind softmax", count: 1) {
        categoricalCrossEntropy(Tensor([0, 2, 1, 1]), softmax($0[0]))
      },
      CompiledLoss(testDescription: "cosineEmbedding") { cosineEmbedding(signs, $0[0], $0[1]) },
      CompiledLoss(testDescription: "contrastive") { contrastive(signs, $0[0], $0[1]) },
      CompiledLoss(testDescription: "marginRanking") {
        marginRanking($0[0] - 0.5, $0[0], $0[1], reduction: .none)
      },
      CompiledLoss(testDescription: "tripletMargin", count: 3) {
        tripletMargin($0[0], $0[1], $0[2], swapping: true, reduction: .none)
      },
      CompiledLoss(testDescription: "gaussianNegativeLogLikelihood", count: 3) {
        gaussianNegativeLogLikelihood($0[0], means: $0[1], variances: $0[2])
      },
      CompiledLoss(testDescription: "elasticPenalty") { elasticPenalty($0, l1: 1, l2: 2) },
      CompiledLoss(
        testDescription: "connectionistTemporalClassification", count: 1, shape: [3, 5, 4]
      ) {
        connectionistTemporalClassification(
          Tensor([[1, 2], [3, 3], [2, 0]]), $0[0], targetLengths: Tensor([2, 2, 1]),
          predictionLengths: Tensor([5, 4, 3]), fromLogits: true, reduction: .none)
      },
    ]
}

@Test(arguments: CompiledLoss.all)
func `compiled losses equal those that are not`(row: CompiledLoss) throws {
  let point = (0 ..< row.count).map { number in
    RandomKey(seed: 7).derived(UInt32(number)).uniform(row.shape, from: 0.1, to: 0.9)
  }
  try expectCompiledMatches(at: point, row.testDescription, of: row.loss)
}
