import Ranvier

extension FunctionRow {
  private static let shape: Shape = [512, 512]

  /// A loss of a target and a prediction for each element or class.
  private static func row(_ loss: Loss, _ targets: Operand, _ predictions: Operand) -> FunctionRow {
    FunctionRow(
      loss.name, summary: "\(loss) of \(shape)", [targets.constant, predictions]
    ) { loss($0[0], $0[1]) }
  }

  private static let numbers = (
    targets: Operand.normal("targets", shape), predictions: Operand.normal("predictions", shape)
  )
  private static let shares = (
    targets: Operand.uniform("targets", shape), predictions: Operand.uniform("predictions", shape)
  )
  private static let classes = Operand.integers("targets", [512], below: 512)
  private static let signs = Operand.signs("targets", shape)
  private static let small = Operand.normal(
    "predictions", shape, mean: -6, standardDeviation: 0.5)

  /// Every loss.
  static let losses: [FunctionRow] = [
    row(.binaryCrossEntropy, shares.targets, shares.predictions),
    row(.binaryCrossEntropy(fromLogits: true), shares.targets, numbers.predictions),
    row(.categoricalCrossEntropy, shares.targets, shares.predictions),
    row(.categoricalCrossEntropy(fromLogits: true), shares.targets, numbers.predictions),
    FunctionRow("sparse_cross_entropy", [classes, numbers.predictions]) {
      categoricalCrossEntropy($0[0], $0[1], fromLogits: true)
    },
    row(.categoricalFocal, shares.targets, shares.predictions),
    row(.categoricalHinge, shares.targets, numbers.predictions),
    row(.cosineSimilarity, numbers.targets, numbers.predictions),
    row(.dice, shares.targets, shares.predictions),
    row(.focal, shares.targets, shares.predictions),
    row(.focal(fromLogits: true), shares.targets, numbers.predictions),
    row(.hinge, signs, numbers.predictions),
    row(.huber, numbers.targets, numbers.predictions),
    row(.klDivergence, shares.targets, shares.predictions),
    row(.klDivergence(fromLogarithms: true), shares.targets, small),
    row(.logCosh, numbers.targets, numbers.predictions),
    row(.meanAbsoluteError, numbers.targets, numbers.predictions),
    row(.meanAbsolutePercentageError, shares.targets, shares.predictions),
    row(.meanSquaredError, numbers.targets, numbers.predictions),
    row(.meanSquaredLogarithmicError, shares.targets, shares.predictions),
    row(.minimax, shares.targets, shares.predictions),
    row(.negativeLogLikelihood, classes, numbers.predictions),
    row(.pinball, numbers.targets, numbers.predictions),
    row(.poisson, shares.targets, shares.predictions),
    row(.softMargin, signs, numbers.predictions),
    row(.squaredHinge, signs, numbers.predictions),
    row(.tversky, shares.targets, shares.predictions),
    row(.wasserstein, signs, numbers.predictions),
    FunctionRow(
      "cosine_embedding",
      [.signs("targets", [512]), .normal("first", shape), .normal("second", shape)]
    ) { cosineEmbedding($0[0], $0[1], $0[2]) },
    FunctionRow(
      "contrastive",
      [.integers("targets", [512], below: 2), .normal("first", shape), .normal("second", shape)]
    ) { contrastive($0[0], $0[1], $0[2]) },
    FunctionRow(
      "margin_ranking", [signs, .normal("first", shape), .normal("second", shape)]
    ) { marginRanking($0[0], $0[1], $0[2]) },
    FunctionRow(
      "triplet_margin",
      [.normal("anchors", shape), .normal("positives", shape), .normal("negatives", shape)]
    ) { tripletMargin($0[0], $0[1], $0[2]) },
    FunctionRow(
      "gaussian_negative_log_likelihood",
      [numbers.targets.constant, .normal("means", shape), .uniform("variances", shape)]
    ) { gaussianNegativeLogLikelihood($0[0], means: $0[1], variances: $0[2]) },
    FunctionRow(
      "connectionist_temporal_classification",
      summary: "32 sequences of 64 steps and 20 labels out of 63",
      [
        .init(name: "targets", value: { _ in labels }, isConstant: true),
        .normal("predictions", [32, 64, 64]),
      ]
    ) {
      connectionistTemporalClassification($0[0], $0[1], fromLogits: true)
    },
    FunctionRow("elastic_penalty", [.normal("w", shape)]) {
      elasticPenalty($0[0], l1: 0.5, l2: 0.5)
    },
  ]

  /// Labels from 1 on; 0 is the blank.
  private static let labels =
    Operand.integers("labels", [32, 20], below: 63).value(RandomKey(seed: 1)) + 1
}
