import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Targets and predictions of 37 examples, and weights `[37]` that are whole numbers.
struct MetricData: Sendable {
  let targets: Tensor
  let predictions: Tensor

  static let count = 37
  static let weights = Tensor((0 ..< count).map { Float($0 * 7 % 4) })

  private static func random(_ seed: UInt64, _ shape: Shape) -> Tensor {
    RandomKey(seed: seed).uniform(shape)
  }

  /// Scores that often tie, without the ends of the range.
  private static func scores(_ seed: UInt64, _ shape: Shape) -> Tensor {
    (floor(random(seed, shape) * 9) + 0.5) / 10
  }

  static let binary = MetricData(
    targets: less(random(1, [count]), 0.4), predictions: scores(2, [count]))
  static let binaryColumn = MetricData(
    targets: less(random(1, [count, 1]), 0.4).cast(to: .float32),
    predictions: scores(2, [count, 1]))
  static let classes = MetricData(
    targets: (random(3, [count]) * 4).cast(to: .int32),
    predictions: softmax(floor(random(4, [count, 4]) * 5)))
  static let manyClasses = MetricData(
    targets: (random(12, [count]) * 7).cast(to: .uint8), predictions: scores(13, [count, 7]))
  static let oneHot = MetricData(
    targets: RanvierTensors.oneHot(classes.targets, count: 4), predictions: classes.predictions)
  static let tokens = MetricData(
    targets: (random(5, [count, 3]) * 4).cast(to: .int64),
    predictions: softmax(random(6, [count, 3, 4]) * 4))
  static let indices = MetricData(
    targets: classes.targets, predictions: (random(7, [count]) * 4).cast(to: .int32))
  static let labels = MetricData(
    targets: less(random(8, [count, 3]), 0.3), predictions: scores(9, [count, 3]))
  static let values = MetricData(
    targets: random(10, [count, 3]) + 0.1, predictions: random(11, [count, 3]) + 0.2)

  subscript(range: Range<Int>) -> MetricData {
    MetricData(targets: targets[range], predictions: predictions[range])
  }

  /// The examples at positions, which may repeat.
  func gathered(_ positions: [Int]) -> MetricData {
    let positions = Tensor(positions.map { Int32($0) })
    return MetricData(
      targets: targets.gathered(at: positions), predictions: predictions.gathered(at: positions))
  }
}

/// A metric and data that it can measure.
struct MetricCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let metric: Metric
  let data: MetricData
  /// The value without examples: not-a-number or 0.
  var empty = Double.nan

  init(_ metric: Metric, _ data: MetricData, empty: Double = .nan, _ options: String = "") {
    testDescription = "\(metric.name) \(options)"
    (self.metric, self.data, self.empty) = (metric, data, empty)
  }

  static let all: [MetricCase] = ofDecisions + ofCurves + ofSums

  private static let ofDecisions: [MetricCase] = [
    MetricCase(.accuracy, .classes), MetricCase(.accuracy, .binary, "binary"),
    MetricCase(.accuracy, .binaryColumn, "binary column"),
    MetricCase(.accuracy, .oneHot, "one-hot"),
    MetricCase(.accuracy, .tokens, "tokens"),
    MetricCase(.balancedAccuracy, .classes), MetricCase(.balancedAccuracy, .binary, "binary"),
    MetricCase(.cohenKappa, .classes), MetricCase(.cohenKappa(.linear), .tokens, "linear"),
    MetricCase(.cohenKappa(.quadratic, deciding: .indices(classes: 4)), .indices, "indices"),
    MetricCase(.confusionMatrix, .classes, empty: 0),
    MetricCase(.confusionMatrix, .binaryColumn, empty: 0, "binary"),
    MetricCase(.exactMatch, .labels), MetricCase(.f1, .classes),
    MetricCase(.f1(averaging: .weighted), .tokens, "weighted, tokens"),
    MetricCase(.fBeta(2, averaging: .none, deciding: .labels()), .labels, "none, labels"),
    MetricCase(.falseNegatives, .classes, empty: 0),
    MetricCase(.falsePositives, .binary, empty: 0),
    MetricCase(.falsePositives(perClass: true), .classes, empty: 0, "per class"),
    MetricCase(.intersectionOverUnion, .tokens),
    MetricCase(.intersectionOverUnion(averaging: .none), .classes, "none"),
    MetricCase(.labelAccuracy, .labels), MetricCase(.matthewsCorrelation, .classes),
    MetricCase(.matthewsCorrelation, .binary, "binary"), MetricCase(.precision, .classes),
    MetricCase(.precision(averaging: .micro, deciding: .labels()), .labels, "micro, labels"),
    MetricCase(.recall, .binary), MetricCase(.recall(averaging: .weighted), .oneHot, "weighted"),
    MetricCase(.specificity, .classes),
    MetricCase(.specificity(deciding: .indices(classes: 4)), .indices, "indices"),
    MetricCase(.topKAccuracy, .manyClasses), MetricCase(.topKAccuracy(2), .tokens, "2"),
    MetricCase(.trueNegatives, .classes, empty: 0), MetricCase(.truePositives, .classes, empty: 0),
  ]

  private static let ofCurves: [MetricCase] = [
    MetricCase(.areaUnderROC, .binary), MetricCase(.areaUnderROC, .classes, "classes"),
    MetricCase(.areaUnderROC(averaging: .micro), .labels, "micro"),
    MetricCase(.areaUnderROC(points: .thresholds(7)), .binaryColumn, "thresholds"),
    MetricCase(.averagePrecision, .binary), MetricCase(.averagePrecision, .tokens, "tokens"),
    MetricCase(.averagePrecision(averaging: .none), .labels, "none"),
    MetricCase(
      .averagePrecision(points: .thresholds(5), averaging: .weighted), .oneHot, "thresholds"),
  ]

  private static let ofSums: [MetricCase] = [
    MetricCase(.cosineSimilarity, .values), MetricCase(.logLoss, .classes),
    MetricCase(.logLoss, .binaryColumn, "binary"), MetricCase(.logLoss, .tokens, "tokens"),
    MetricCase(.logLoss(multiLabel: true), .labels, "labels"),
    MetricCase(.logLoss(fromLogits: true), .values, "logits"),
    MetricCase(.meanAbsoluteError, .values), MetricCase(.meanAbsolutePercentageError, .values),
    MetricCase(.meanSquaredError, .values), MetricCase(.meanSquaredLogarithmicError, .values),
    MetricCase(.perplexity, .tokens), MetricCase(.r2, .values),
    MetricCase(.r2(averaging: .none), .values, "none"),
    MetricCase(.r2(averaging: .weighted), .values, "weighted"),
    MetricCase(.r2(averaging: .micro), .values, "micro"),
    MetricCase(.rootMeanSquaredError, .values),
    MetricCase(.mean(of: .categoricalCrossEntropy), .tokens),
    MetricCase(.sum(of: "sum") { $0 * $1 }, .values, empty: 0),
  ]
}
