import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct NormalizationGoldenTests {
  /// The options of a golden case of the family `normalizations`.
  struct Options: Decodable, Sendable {
    var layer: String
    var inputs: [String]
    var epsilon: Double?
    var momentum: Double?
    var axes: [Int]?
    var axis: Int?
    var groups: Int?
    var shift: Double?
    var size: Int?
    var alpha: Double?
    var beta: Double?
    var bias: Double?
    var iterations: Int?
    var training: Bool?

    /// The layer's output.
    func callAsFunction(_ x: [Tensor], _ v: Parameters) -> Tensor? {
      let epsilon = epsilon ?? 0
      return switch layer {
      case "batch":
        batchNormTraining(x[0], scale: x[1], offset: x[2], epsilon: epsilon).output
      case "batch_prediction":
        batchNorm(
          x[0], scale: x[1], offset: x[2], mean: x[3], variance: x[4], epsilon: epsilon)
      case "instance": instanceNorm(x[0], scale: x[1], offset: x[2], epsilon: epsilon)
      case "layer":
        layerNorm(x[0], scale: x[1], offset: x[2], axes: axes ?? [], epsilon: epsilon)
      case "group":
        groupNorm(x[0], groups: groups ?? 0, scale: x[1], offset: x[2], epsilon: epsilon)
      case "rms":
        rmsNorm(x[0], scale: x[1], shift: shift ?? 0, axes: axes ?? [], epsilon: epsilon)
      case "unified":
        normalization(
          x[0], alongAxes: axes ?? [], groups: groups ?? 1, scale: x[1], offset: x[2],
          epsilon: epsilon)
      case "response":
        localResponseNorm(
          x[0], size: size ?? 0, alpha: alpha ?? 0, beta: beta ?? 0, bias: bias ?? 0)
      case "weight": weightNorm(x[0], magnitude: x[1], axis: axis ?? 0)
      case "spectral" where training == true:
        spectralNormTraining(
          x[0], left: v["left"], right: v["right"], iterations: iterations ?? 0
        ).output
      case "spectral": spectralNorm(x[0], left: v["left"], right: v["right"])
      default: nil
      }
    }
  }

  @Test(.tags(.golden), arguments: try Golden("normalizations").cases)
  func `values and gradients equal PyTorch's, compiled and not, in f64 and f32`(
    name: String
  ) throws {
    let golden = try Golden("normalizations")
    let options = try golden.options(name, as: Options.self)
    let tensors = golden.tensors(name)
    try #require(options(options.inputs.map { tensors[$0] }, tensors) != nil)
    // The vectors of a training step follow the kernel, but are constant in derivatives.
    try expectGoldenEverywhere(
      golden, name, inputs: options.inputs, hasFiniteDifferences: options.training != true
    ) { options($0, $1) ?? Tensor(0) }
  }

  @Test(.tags(.golden), arguments: try Golden("normalizations").cases)
  func `statistics after training equal PyTorch's`(name: String) throws {
    let golden = try Golden("normalizations")
    let options = try golden.options(name, as: Options.self)
    let v = golden.tensors(name)
    if options.training == true {
      let step = spectralNormTraining(
        v["kernel"], left: v["left"], right: v["right"], iterations: options.iterations ?? 0)
      expectClose(step.left, v["left_after"], relative: 1e-11, absolute: 1e-13, name)
      expectClose(step.right, v["right_after"], relative: 1e-11, absolute: 1e-13, name)
    }
    guard ["batch", "instance"].contains(options.layer) else { return }
    let isBatch = options.layer == "batch"
    let x = v["input"]
    let (_, mean, variance) = isBatch ? batchNormTraining(x) : instanceNormTraining(x)
    let count = x.shape.sizes.dropFirst(isBatch ? 0 : 1).dropLast().reduce(1, *)
    let unbiased = VarianceEstimate.unbiased.estimate(from: variance, of: count)
    for (what, new) in [("mean", mean), ("variance", unbiased)] {
      let after = updatedRunningStatistic(
        v["running_\(what)"], with: new, momentum: 1 - (options.momentum ?? 0))
      expectClose(
        after, v["running_\(what)_after"], relative: 1e-11, absolute: 1e-13, "\(name), \(what)")
    }
  }

  @Test func `there are three cases of every normalization`() throws {
    let golden = try Golden("normalizations")
    var counts: [String: Int] = [:]
    for name in golden.cases {
      counts[try golden.options(name, as: Options.self).layer, default: 0] += 1
    }
    #expect(counts.count == 10)
    for (layer, count) in counts { #expect(count >= 3, "\(layer)") }
  }
}
