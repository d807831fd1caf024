import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// A loss at a point where its derivatives are compared with finite differences.
struct LossAtPoint: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let point: [Tensor]
  let loss: @Sendable ([Tensor]) -> Tensor

  private static let key = RandomKey(seed: 3)

  private static func numbers(_ shape: Shape, _ number: UInt32) -> Tensor {
    key.derived(number).normal(shape, elementType: .float64)
  }

  private static func shares(_ shape: Shape, _ number: UInt32) -> Tensor {
    key.derived(number).uniform(shape, from: 0.1, to: 0.9, elementType: .float64)
  }

  static var all: [LossAtPoint] { catalog + ofLogits + others }

  /// All of the catalog, at probabilities, which every loss takes.
  private static let catalog = Loss.catalog.map { loss in
    LossAtPoint(
      testDescription: loss.name, point: [shares([3, 4], 1), shares([3, 4], 2)],
      loss: { loss($0[0], $0[1], reduction: .none) })
  }

  private static let ofLogits = [
    Loss.binaryCrossEntropy(fromLogits: true, positiveWeight: Tensor([1, 2, 3, 4])),
    .categoricalCrossEntropy(
      fromLogits: true, classWeights: Tensor([1, 2, 3, 4]), labelSmoothing: 0.1),
    .categoricalFocal(fromLogits: true, focus: 1.5),
    .focal(fromLogits: true, focus: 1.5, balance: 0.3), .huber(delta: 0.7),
    .klDivergence(fromLogarithms: true), .minimax(fromLogits: true), .pinball(quantile: 0.9),
    .poisson(fromLogarithms: true), .logCosh, .softMargin, .hinge, .cosineSimilarity,
    .categoricalHinge.smoothingLabels(),
  ].map { loss in
    LossAtPoint(
      testDescription: "\(loss.name) of numbers", point: [shares([3, 4], 3), numbers([3, 4], 4)],
      loss: { loss($0[0], $0[1], reduction: .none) })
  }

  private static let pair = [numbers([4, 3], 5), numbers([4, 3], 6)]
  private static let signs = Tensor([1, -1, 1, -1])

  private static let others: [LossAtPoint] = [
    LossAtPoint(testDescription: "cosineEmbedding", point: pair) {
      cosineEmbedding(signs, $0[0], $0[1], margin: -0.9, reduction: .none)
    },
    LossAtPoint(testDescription: "contrastive", point: pair) {
      contrastive(greater(signs, 0), $0[0], $0[1], margin: 6, reduction: .none)
    },
    LossAtPoint(testDescription: "marginRanking", point: pair) {
      marginRanking(sign(numbers([4, 3], 7)), $0[0], $0[1], margin: 0.4, reduction: .none)
    },
    LossAtPoint(testDescription: "tripletMargin", point: pair + [numbers([4, 3], 8)]) {
      tripletMargin($0[0], $0[1], $0[2], margin: 2, swapping: true, reduction: .none)
    },
    LossAtPoint(
      testDescription: "gaussianNegativeLogLikelihood", point: pair + [shares([4, 3], 9)]
    ) {
      gaussianNegativeLogLikelihood($0[0], means: $0[1], variances: $0[2], reduction: .none)
    },
    LossAtPoint(
      testDescription: "gaussianNegativeLogLikelihood of one variance",
      point: pair + [shares([], 10)]
    ) {
      gaussianNegativeLogLikelihood($0[0], means: $0[1], variances: $0[2], full: true)
    },
    LossAtPoint(testDescription: "penalties", point: pair) { elasticPenalty($0, l1: 0.3, l2: 0.2) },
    LossAtPoint(
      testDescription: "connectionistTemporalClassification", point: [numbers([3, 5, 4], 11)]
    ) {
      connectionistTemporalClassification(
        Tensor([[1, 2], [3, 3], [2, 0]]), $0[0], targetLengths: Tensor([2, 2, 1]),
        predictionLengths: Tensor([5, 4, 3]), fromLogits: true, reduction: .none)
    },
    LossAtPoint(
      testDescription: "connectionistTemporalClassification of logarithms",
      point: [numbers([2, 4, 3], 12)]
    ) {
      connectionistTemporalClassification(Tensor([[0, 1], [1, 1]]), $0[0], blank: 2)
    },
  ]
}

@Test(.tags(.gradient), arguments: LossAtPoint.all)
func `derivatives of losses are those of finite differences`(row: LossAtPoint) throws {
  let check = try checkGradients(
    at: row.point, order: 2, limit: 12, relative: 2e-5, absolute: 1e-6, of: row.loss)
  #expect(check.passes, "\(check)")
  #expect(check.count > 0)
}
