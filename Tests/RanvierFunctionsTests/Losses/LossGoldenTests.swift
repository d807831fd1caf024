import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `losses`.
struct GoldenLoss: Decodable {
  var loss: String
  var reduction: String
  /// The names of the tensors that there are gradients of.
  var inputs: [String]
  var positive_weight: Double?
  var negative_weight: Double?
  var label_smoothing: Double?
  var per_element: Bool?
  var delta: Double?
  var quantile: Double?
  var focus: Double?
  var balance: Double?
  var smoothing: Double?
  var excess_weight: Double?
  var lack_weight: Double?
  var margin: Double?
  var swapping: Bool?
  var full: Bool?
  var blank: Int?
  var per_label: Bool?
  var infinite_as_zero: Bool?

  /// The loss of a case's tensors; nil if the options name none.
  func callAsFunction(_ v: Parameters) -> Tensor? {
    guard let reduction = Reduction(rawValue: reduction) else { return nil }
    let weights = v.contains("weights") ? v["weights"] : nil
    let classWeights = v.contains("class_weights") ? v["class_weights"] : nil
    return ofScores(v, weights, reduction) ?? ofClasses(v, weights, classWeights, reduction)
      ?? ofElements(v, weights, reduction) ?? ofVectors(v, weights, reduction)
  }

  private func ofScores(_ v: Parameters, _ weights: Tensor?, _ reduction: Reduction) -> Tensor? {
    let (t, p) = (v["targets"], v["predictions"])
    let isPerElement = per_element ?? false
    switch loss {
    case "binary_cross_entropy", "binary_cross_entropy_logits":
      return binaryCrossEntropy(
        t, p, fromLogits: loss.hasSuffix("logits"), positiveWeight: positive_weight,
        negativeWeight: negative_weight, labelSmoothing: label_smoothing ?? 0, weights: weights,
        perElement: isPerElement, reduction: reduction)
    case "focal", "focal_logits":
      return focal(
        t, p, fromLogits: loss == "focal_logits", focus: focus ?? 2, balance: balance,
        weights: weights, reduction: reduction)
    case "hinge":
      return hinge(t, p, weights: weights, perElement: isPerElement, reduction: reduction)
    case "squared_hinge":
      return squaredHinge(t, p, weights: weights, perElement: isPerElement, reduction: reduction)
    case "soft_margin": return softMargin(t, p, weights: weights, reduction: reduction)
    case "minimax": return minimax(t, p, weights: weights, reduction: reduction)
    case "wasserstein": return wasserstein(t, p, weights: weights, reduction: reduction)
    case "dice":
      return dice(t, p, smoothing: smoothing ?? 1e-5, weights: weights, reduction: reduction)
    case "tversky":
      return tversky(
        t, p, excessWeight: excess_weight ?? 0.5, lackWeight: lack_weight ?? 0.5,
        weights: weights, reduction: reduction)
    default: return nil
    }
  }

  private func ofClasses(
    _ v: Parameters, _ weights: Tensor?, _ classWeights: Tensor?, _ reduction: Reduction
  ) -> Tensor? {
    let (t, p) = (v["targets"], v["predictions"])
    switch loss {
    case "categorical_cross_entropy", "categorical_cross_entropy_logits",
      "sparse_cross_entropy_logits":
      return categoricalCrossEntropy(
        t, p, fromLogits: loss.hasSuffix("logits"), classWeights: classWeights,
        labelSmoothing: label_smoothing ?? 0, weights: weights, reduction: reduction)
    case "categorical_focal", "categorical_focal_logits":
      return categoricalFocal(
        t, p, fromLogits: loss.hasSuffix("logits"), focus: focus ?? 2, classWeights: classWeights,
        weights: weights, reduction: reduction)
    case "negative_log_likelihood":
      return negativeLogLikelihood(
        t, p, classWeights: classWeights, weights: weights, reduction: reduction)
    case "categorical_hinge": return categoricalHinge(t, p, weights: weights, reduction: reduction)
    case "kl_divergence", "kl_divergence_logarithms", "kl_divergence_both_logarithms":
      return klDivergence(
        t, p, fromLogarithms: loss.hasSuffix("logarithms"),
        logarithmicTargets: loss.hasSuffix("both_logarithms"), weights: weights,
        reduction: reduction)
    case "ctc":
      return connectionistTemporalClassification(
        t, p, targetLengths: v["target_lengths"], predictionLengths: v["prediction_lengths"],
        blank: blank ?? 0, fromLogits: true, perLabel: per_label ?? false,
        infiniteAsZero: infinite_as_zero ?? false, weights: weights, reduction: reduction)
    default: return nil
    }
  }

  private func ofElements(_ v: Parameters, _ weights: Tensor?, _ reduction: Reduction) -> Tensor? {
    let (t, p) = (v["targets"], v["predictions"])
    switch loss {
    case "log_cosh": return logCosh(t, p, weights: weights, reduction: reduction)
    case "mean_absolute_error":
      return meanAbsoluteError(t, p, weights: weights, reduction: reduction)
    case "mean_squared_error": return meanSquaredError(t, p, weights: weights, reduction: reduction)
    case "mean_squared_logarithmic_error":
      return meanSquaredLogarithmicError(t, p, weights: weights, reduction: reduction)
    case "mean_absolute_percentage_error":
      return meanAbsolutePercentageError(t, p, weights: weights, reduction: reduction)
    case "huber": return huber(t, p, delta: delta ?? 1, weights: weights, reduction: reduction)
    case "poisson", "poisson_logarithms":
      return poisson(
        t, p, fromLogarithms: loss == "poisson_logarithms", weights: weights, reduction: reduction)
    case "pinball":
      return pinball(t, p, quantile: quantile ?? 0.5, weights: weights, reduction: reduction)
    case "gaussian_negative_log_likelihood":
      return gaussianNegativeLogLikelihood(
        t, means: v["means"], variances: v["variances"], full: full ?? false, weights: weights,
        reduction: reduction)
    default: return nil
    }
  }

  private func ofVectors(_ v: Parameters, _ weights: Tensor?, _ reduction: Reduction) -> Tensor? {
    let t = v["targets"]
    switch loss {
    case "cosine_similarity":
      return cosineSimilarity(t, v["predictions"], weights: weights, reduction: reduction)
    case "cosine_embedding":
      return cosineEmbedding(
        t, v["first"], v["second"], margin: margin ?? 0, weights: weights, reduction: reduction)
    case "margin_ranking":
      return marginRanking(
        t, v["first"], v["second"], margin: margin ?? 0, weights: weights, reduction: reduction)
    case "contrastive":
      return contrastive(
        t, v["first"], v["second"], margin: margin ?? 1, weights: weights, reduction: reduction)
    case "triplet_margin":
      return tripletMargin(
        v["anchors"], v["positives"], v["negatives"], margin: margin ?? 1,
        swapping: swapping ?? false, weights: weights, reduction: reduction)
    default: return nil
    }
  }
}

@Suite struct LossGoldenTests {
  @Test(.tags(.golden), arguments: try Golden("losses").cases)
  func `losses and all their gradients equal PyTorch's`(name: String) throws {
    let golden = try Golden("losses")
    let tensors = golden.tensors(name)
    let loss = try golden.options(name, as: GoldenLoss.self)
    try #require(loss(tensors) != nil, "no loss named \(loss.loss)")
    func check(_ tensors: Parameters, relative: Double, absolute: Double, _ comment: String) {
      expectGolden(
        tensors, inputs: loss.inputs, relative: relative, absolute: absolute, comment
      ) { inputs in
        var values = tensors
        for (input, value) in zip(loss.inputs, inputs) { values[input] = value }
        return loss(values) ?? Tensor(0)
      }
    }
    check(tensors, relative: 1e-10, absolute: 1e-12, "\(name), f64")
    let single = tensors.mapValues {
      $0.elementType == .float64 ? $0.cast(to: .float32) : $0
    }
    check(single, relative: 1e-5, absolute: 2e-6, "\(name), f32")
  }

  @Test func `there are cases of every loss`() throws {
    let golden = try Golden("losses")
    let names = Set(
      try golden.cases.map { try golden.options($0, as: GoldenLoss.self).loss })
    #expect(Set(Loss.catalog.map(\.name)).subtracting(names).isEmpty)
    #expect(
      names.isSuperset(of: [
        "contrastive", "cosine_embedding", "ctc", "gaussian_negative_log_likelihood",
        "margin_ranking", "triplet_margin",
      ]))
  }
}
