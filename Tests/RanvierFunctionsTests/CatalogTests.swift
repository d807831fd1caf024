import Foundation
import RanvierFunctions
import Testing

/// A family of values: its folder, the files that hold no member, and the names of its catalog.
struct Family: Sendable, CustomTestStringConvertible {
  let folder: String
  let others: Set<String>
  let catalog: [String]
  var suffix = ""
  var testDescription: String { folder }

  static let all = [
    Family(
      folder: "Activations",
      others: ["Activation", "GatedLinearUnits", "ParametricRelu", "ValueAndSlope"],
      catalog: Activation.catalog.map(\.name)),
    Family(
      folder: "Initializers", others: ["Initializer", "KernelLayout"],
      catalog: Initializer.catalog.map(\.name)),
    Family(
      folder: "Losses",
      // What losses are made of, and losses that take more than targets and predictions.
      others: [
        "ConnectionistTemporalClassification", "Contrastive", "CosineEmbedding", "CrossEntropy",
        "GaussianNegativeLogLikelihood", "LabelSmoothing", "Loss", "LossOperands", "LossTerms",
        "MarginRanking", "Penalties", "ReducedLoss", "Reduction", "ScaledVectors",
        "TripletMargin",
      ],
      catalog: Loss.catalog.map(\.name)),
    Family(
      folder: "Metrics",
      // What metrics are made of, and those of any function.
      others: [
        "Averaging", "ClassDecisions", "ConfusionCounts", "CurvePoints", "Decision",
        "ExampleWeights", "LabelDecisions", "MeanMetric", "Metric", "ScoreChunks", "ScoreCurve",
        "ScoredExamples", "SumMetric",
      ],
      catalog: Metric.catalog.map(\.name), suffix: "Metric"),
  ]
}

@Test(arguments: Family.all)
func `every file of a family is in its catalog`(family: Family) throws {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let folder = package.appendingPathComponent("Sources/RanvierFunctions/\(family.folder)")
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .map { String($0.dropLast(".swift".count)) }
    .filter { !family.others.contains($0) }
  let names = files.map { file in
    let base = file.hasSuffix(family.suffix) ? String(file.dropLast(family.suffix.count)) : file
    return base.reduce(into: "") { name, letter in
      name += letter.isUppercase && !name.isEmpty ? "_\(letter.lowercased())" : letter.lowercased()
    }
  }
  #expect(Set(names) == Set(family.catalog))
  #expect(family.catalog == family.catalog.sorted())
}
