import RanvierFunctions
import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Losses with options, and those of other operands than targets and predictions.
  static let optionErrors: [WrongOperation] = [
    WrongOperation(
      #line, { binaryCrossEntropy(matrix, matrix, positiveWeight: vector) },
      "binaryCrossEntropy needs weights of classes that broadcast to the predictions' shape, got [4] for predictions [2, 3]"
    ),
    WrongOperation(
      #line, { binaryCrossEntropy(matrix, matrix, labelSmoothing: 1.5) },
      "binaryCrossEntropy needs a label smoothing from 0 to 1, got 1.5"),
    WrongOperation(
      #line, { categoricalCrossEntropy(matrix, matrix, labelSmoothing: -1) },
      "categoricalCrossEntropy needs a label smoothing from 0 to 1, got -1.0"),
    WrongOperation(
      #line, { categoricalCrossEntropy(matrix, matrix, classWeights: vector) },
      "categoricalCrossEntropy needs one weight for each of 3 classes, got class weights f32[4]"),
    WrongOperation(
      #line, { negativeLogLikelihood(Tensor.zeros([2]), matrix) },
      "negativeLogLikelihood needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[2], predictions f32[2, 3]; classes are integers: targets.cast(to: .int32)"
    ),
    WrongOperation(
      #line, { smoothedLabels(scalar) },
      "smoothedLabels needs targets with a class axis, or the number of classes, got targets f32[]"),
    WrongOperation(
      #line, { smoothedLabels(matrix, classes: 3) },
      "smoothedLabels needs positions that are integers, and a count that is not negative, got positions f32[2, 3] and count 3"
    ),
    WrongOperation(
      #line, { categoricalHinge(scalar, scalar) },
      "categoricalHinge needs predictions with a class axis, got predictions f32[]"),
    WrongOperation(
      #line, { klDivergence(scalar, scalar) },
      "klDivergence needs at least one axis, got [-1] for shape []"),
    WrongOperation(
      #line, { cosineSimilarity(matrix, matrix, alongAxis: 2) },
      "cosineSimilarity needs an axis in -2 ..< 2, got 2 for predictions f32[2, 3]"),
    WrongOperation(
      #line, { huber(matrix, matrix, delta: 0) }, "huber needs a delta above 0, got 0.0"),
    WrongOperation(
      #line, { pinball(matrix, matrix, quantile: 1) },
      "pinball needs a quantile between 0 and 1, got 1.0"),
    WrongOperation(
      #line, { meanAbsolutePercentageError(matrix, matrix, smallestTarget: 0) },
      "meanAbsolutePercentageError needs a smallest target above 0, got 0.0"),
    WrongOperation(
      #line, { categoricalFocal(matrix, matrix, focus: -1) },
      "categoricalFocal needs a focus of 0 or more, got -1.0"),
    WrongOperation(
      #line, { focal(matrix, matrix, focus: -1) }, "focal needs a focus of 0 or more, got -1.0"),
    WrongOperation(
      #line, { focal(matrix, matrix, balance: 2) },
      "focal needs a balance from 0 to 1, got 2.0"),
    WrongOperation(
      #line, { dice(matrix, matrix, axes: [2]) },
      "dice needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { tversky(matrix, row) },
      "tversky needs targets of the predictions' shape, got targets f32[2, 3], predictions f32[3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { cosineEmbedding(vector, matrix, matrix) },
      "cosineEmbedding needs vectors [batch..., features] of one shape, and targets [batch...], got targets f32[4], vectors f32[2, 3] and f32[2, 3]"
    ),
    WrongOperation(
      #line, { contrastive(scalar, row, vector) },
      "contrastive needs vectors [batch..., features] of one shape, and targets [batch...], got targets f32[], vectors f32[3] and f32[4]"
    ),
    WrongOperation(
      #line, { tripletMargin(matrix, matrix, row) },
      "tripletMargin needs vectors [batch..., features] of one shape, got anchors [2, 3], positives [2, 3], negatives [3]"
    ),
    WrongOperation(
      #line, { marginRanking(vector, row, row) },
      "marginRanking needs targets and scores of one shape, got targets f32[4], scores f32[3] and f32[3]"
    ),
    WrongOperation(
      #line, { gaussianNegativeLogLikelihood(row, means: row, variances: vector) },
      "gaussianNegativeLogLikelihood needs targets and means of one shape, to which the variances broadcast, got targets f32[3], means f32[3], variances f32[4]"
    ),
    WrongOperation(
      #line + 1,
      { gaussianNegativeLogLikelihood(row, means: row, variances: row, smallestVariance: 0) },
      "gaussianNegativeLogLikelihood needs a smallest variance above 0, got 0.0"),
    WrongOperation(
      #line, { l1Penalty([row], rate: -1) }, "l1Penalty needs a rate of 0 or more, got -1.0"),
    WrongOperation(
      #line, { elasticPenalty([row], l1: 1, l2: -1) },
      "elasticPenalty needs a rate of 0 or more, got -1.0"),
    WrongOperation(
      #line, { connectionistTemporalClassification(matrix, signal) },
      "connectionistTemporalClassification needs predictions [batch, steps, classes], and integers: targets [batch, labels], lengths [batch], got targets f32[2, 3], predictions f32[1, 4, 2]"
    ),
    WrongOperation(
      #line + 2,
      {
        connectionistTemporalClassification(
          Tensor([[1]]), signal, predictionLengths: Tensor([1, 2]))
      },
      "connectionistTemporalClassification needs predictions [batch, steps, classes], and integers: targets [batch, labels], lengths [batch], got targets i64[1, 1], predictions f32[1, 4, 2], lengths i64[2]"
    ),
    WrongOperation(
      #line, { connectionistTemporalClassification(Tensor([[1]]), signal, blank: 2) },
      "connectionistTemporalClassification needs a blank among the classes, 0 ..< 2, got 2"),
    WrongOperation(
      #line, { contrastive(scalar, row, row, weights: vector) },
      "contrastive needs weights with the leading axes of the values, got weights [4] for values []; give one weight for each example, or for each value"
    ),
  ]
}
