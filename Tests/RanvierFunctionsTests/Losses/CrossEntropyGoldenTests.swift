import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of a loss.
struct LossOptions: Decodable {
  var loss: String
  var per: String
  var reduction: String
  var weighted: Bool
  var from_logits: Bool?
  var normalizer: String?

  /// The function that the options describe.
  func function(targets: Tensor, weights: Tensor?) -> (@Sendable (Tensor) -> Tensor)? {
    let reduction: Reduction? =
      normalizer == "weights" ? .weightedMean : Reduction(rawValue: self.reduction)
    guard let reduction else { return nil }
    let (perElement, fromLogits) = (per == "element", from_logits ?? false)
    switch loss {
    case "categorical_cross_entropy":
      return {
        categoricalCrossEntropy(
          targets, $0, fromLogits: fromLogits, weights: weights, reduction: reduction)
      }
    case "binary_cross_entropy":
      return {
        binaryCrossEntropy(
          targets, $0, fromLogits: fromLogits, weights: weights, perElement: perElement,
          reduction: reduction)
      }
    case "mean_squared_error":
      return {
        meanSquaredError(
          targets, $0, weights: weights, perElement: perElement, reduction: reduction)
      }
    case "mean_absolute_error":
      return {
        meanAbsoluteError(
          targets, $0, weights: weights, perElement: perElement, reduction: reduction)
      }
    default: return nil
    }
  }
}

@Test(.tags(.golden), arguments: try Golden("cross_entropy").cases)
func `losses equal PyTorch's`(name: String) throws {
  let golden = try Golden("cross_entropy")
  let tensors = golden.tensors(name)
  let options = try golden.options(name, as: LossOptions.self)
  let function = try #require(
    options.function(
      targets: tensors["targets"], weights: options.weighted ? tensors["weights"] : nil))
  expectGolden(tensors, inputs: ["predictions"], output: "loss", absolute: 1e-6, name) {
    function($0[0])
  }
}
