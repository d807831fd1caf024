import RanvierFunctions
import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Metrics.
  static let metricErrors: [WrongOperation] = [
    WrongOperation(
      #line, { Metric.accuracy(scalar, scalar) },
      "accuracy needs predictions with a batch axis, got targets f32[], predictions f32[]"),
    WrongOperation(
      #line, { Metric.accuracy(matrix, Tensor.zeros([4, 1])) },
      "accuracy needs targets of shape [4, 1] or [4], got targets f32[2, 3], predictions f32[4, 1]"),
    WrongOperation(
      #line, { Metric.topKAccuracy(Tensor.range(2).reshaped(to: [2, 1]), matrix) },
      "topKAccuracy needs targets of shape [2, 3], or classes as integers of shape [2], got targets i32[2, 1], predictions f32[2, 3]; remove the targets' last axis: targets.squeezed(axes: [-1])"
    ),
    WrongOperation(
      #line, { Metric.topKAccuracy(scalar, scalar) },
      "topKAccuracy needs predictions with a class axis that is not empty, got targets f32[], predictions f32[]"
    ),
    WrongOperation(
      #line, { Metric.topKAccuracy(0)(matrix, matrix) },
      "topKAccuracy needs a k of 1 or more, got 0"),
    WrongOperation(
      #line, { Metric.precision(vector, matrix) },
      "precision needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[4], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.recall(Tensor.zeros([2]), matrix) },
      "recall needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[2], predictions f32[2, 3]; classes are integers: targets.cast(to: .int32)"
    ),
    WrongOperation(
      #line, { Metric.specificity(scalar, scalar) },
      "specificity needs predictions with a batch axis, got targets f32[], predictions f32[]"),
    WrongOperation(
      #line, { Metric.f1(deciding: .labels())(row, matrix) },
      "f1 needs targets of the predictions' shape, got targets f32[3], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.fBeta(-1)(matrix, matrix) },
      "fBeta needs a finite beta of 0 or more, got -1.0"),
    WrongOperation(
      #line, { Metric.truePositives(matrix, matrix, weights: row) },
      "truePositives needs weights with the leading axes of the values, got weights [3] for values [2]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Metric.confusionMatrix(deciding: .labels())(matrix, matrix) },
      "confusionMatrix needs decisions of one class for each example, got labels, which are decided each on its own; use .classes()"
    ),
    WrongOperation(
      #line, { Metric.cohenKappa(deciding: .indices(classes: 3))(whole, matrix) },
      "cohenKappa needs classes as integers of one shape, and their number, got targets i32[2, 3], predictions f32[2, 3], 3 classes"
    ),
    WrongOperation(
      #line, { Metric.matthewsCorrelation(vector, vector, weights: matrix) },
      "matthewsCorrelation needs weights with the leading axes of the values, got weights [2, 3] for values [4]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Metric.exactMatch(row, matrix) },
      "exactMatch needs targets of the predictions' shape, got targets f32[3], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.areaUnderROC(vector, row) },
      "areaUnderROC needs targets of shape [3], got targets f32[4], predictions f32[3]"),
    WrongOperation(
      #line, { Metric.areaUnderROC(vector, vector, weights: row) },
      "areaUnderROC needs weights with the leading axes of the values, got weights [3] for values [4]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Metric.areaUnderROC(points: .thresholds(1))(vector, vector) },
      "areaUnderROC needs 2 thresholds or more, got 1"),
    WrongOperation(
      #line, { Metric.averagePrecision(row, matrix) },
      "averagePrecision needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[3], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.logLoss(vector, matrix) },
      "logLoss needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[4], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.logLoss(row, vector) },
      "logLoss needs targets of shape [4], got targets f32[3], predictions f32[4]"),
    WrongOperation(
      #line, { Metric.perplexity(vector, matrix) },
      "perplexity needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[4], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.r2(row, vector) },
      "r2 needs targets of the predictions' shape, got targets f32[3], predictions f32[4]; the batches differ in size"
    ),
    WrongOperation(
      #line, { Metric.cosineSimilarity(row, vector) },
      "cosineSimilarity needs targets of the predictions' shape, got targets f32[3], predictions f32[4]; the batches differ in size"
    ),
  ]
}
