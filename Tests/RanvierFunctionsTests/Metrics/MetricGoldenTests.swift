import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `metrics`.
struct GoldenMetrics: Decodable {
  /// What the data are: `binary`, `classes`, `labels` or `values`.
  var kind: String
  /// The metrics there are values of, with an average or another option behind their names.
  var metrics: [String]

  func metric(_ name: String) -> Metric? {
    if let metric = Metric.catalog.first(where: { $0.name == name }) { return metric }
    let parts = name.split(separator: "_")
    let (base, option) = (parts.dropLast().joined(separator: "_"), String(parts.last ?? ""))
    if let averaging = Averaging(rawValue: option) { return averaged(base, averaging) }
    switch (base, option) {
    case ("area_under_roc", "thresholds"): return .areaUnderROC(points: .thresholds(20))
    case ("average_precision", "thresholds"): return .averagePrecision(points: .thresholds(20))
    case ("true_positives", "each"): return .truePositives(perClass: true)
    case ("false_positives", "each"): return .falsePositives(perClass: true)
    case ("true_negatives", "each"): return .trueNegatives(perClass: true)
    case ("false_negatives", "each"): return .falseNegatives(perClass: true)
    case ("log_loss", "labels"): return .logLoss(multiLabel: true)
    case ("top_1", "accuracy"): return .topKAccuracy(1)
    case ("top_2", "accuracy"): return .topKAccuracy(2)
    case ("top_3", "accuracy"): return .topKAccuracy(3)
    case ("cohen_kappa", _): return Metric.Disagreement(rawValue: option).map { .cohenKappa($0) }
    default: return nil
    }
  }

  private func averaged(_ base: String, _ averaging: Averaging) -> Metric? {
    let decision: Decision = kind == "labels" ? .labels() : .classes()
    switch base {
    case "precision": return .precision(averaging: averaging, deciding: decision)
    case "recall": return .recall(averaging: averaging, deciding: decision)
    case "specificity": return .specificity(averaging: averaging, deciding: decision)
    case "f1": return .f1(averaging: averaging, deciding: decision)
    case "f2": return .fBeta(2, averaging: averaging, deciding: decision)
    case "intersection_over_union":
      return .intersectionOverUnion(averaging: averaging, deciding: decision)
    case "area_under_roc": return .areaUnderROC(averaging: averaging)
    case "average_precision": return .averagePrecision(averaging: averaging)
    case "label_accuracy": return .labelAccuracy(averaging: averaging)
    case "r2": return .r2(averaging: averaging)
    default: return nil
    }
  }
}

@Suite struct MetricGoldenTests {
  @Test(.tags(.golden), arguments: try Golden("metrics").cases)
  func `metrics equal scikit-learn's`(name: String) throws {
    let golden = try Golden("metrics")
    let tensors = golden.tensors(name)
    let options = try golden.options(name, as: GoldenMetrics.self)
    func check(_ v: Parameters, relative: Double, absolute: Double, _ comment: String) throws {
      for name in options.metrics {
        let metric = try #require(options.metric(name), "no metric named \(name)")
        let value = metric(
          v["targets"], v["predictions"], weights: v.contains("weights") ? v["weights"] : nil)
        expectClose(
          value, tensors["expected_\(name)"], relative: relative, absolute: absolute,
          "\(name), \(comment)")
      }
    }
    try check(tensors, relative: 1e-10, absolute: 1e-12, "f64")
    let single = tensors.mapValues {
      $0.elementType == .float64 ? $0.cast(to: .float32) : $0
    }
    try check(single, relative: 1e-5, absolute: 1e-6, "f32")
  }

  @Test func `there are three cases of every metric`() throws {
    let golden = try Golden("metrics")
    let names = try golden.cases.flatMap { name in
      let options = try golden.options(name, as: GoldenMetrics.self)
      return try Set(options.metrics.map { try #require(options.metric($0)).name })
    }
    for metric in Metric.catalog {
      #expect(names.filter { $0 == metric.name }.count >= 3, "\(metric)")
    }
  }
}
