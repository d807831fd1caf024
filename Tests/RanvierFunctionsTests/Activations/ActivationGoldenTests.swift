import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// What a golden case says about its function.
private struct ActivationOptions: Decodable {
  var function: String
  var options: [String: Double]
  var axis: Int?
  var gate: String?
  /// Whether inputs are far out or tiny, where results are not near 1.
  var extreme: Bool

  func apply(_ tensors: [Tensor]) throws -> Tensor {
    let (x, axis) = (tensors[0], axis ?? -1)
    let gateHalf: GateHalf = gate == "first" ? .first : .second
    return switch function {
    case "glu": glu(x, alongAxis: axis, gate: gateHalf)
    case "swiglu": swiglu(x, alongAxis: axis, gate: gateHalf)
    case "geglu": geglu(x, alongAxis: axis, gate: gateHalf)
    case "prelu": prelu(x, slope: tensors[1], alongAxis: axis)
    case "log_sum_exp": x.logSumExp(alongAxes: [axis], keepingAxes: true)
    case "softmax" where axis != -1: softmax(x, alongAxis: axis)
    case "softmin" where axis != -1: softmin(x, alongAxis: axis)
    case "log_softmax" where axis != -1: logSoftmax(x, alongAxis: axis)
    default: try Activation(named: function, options: options)(x)
    }
  }
}

@Suite struct ActivationGoldenTests {
  @Test(.tags(.golden), arguments: try Golden("activations").cases)
  func `equals PyTorch, compiled and not`(name: String) throws {
    let golden = try Golden("activations")
    let options = try golden.options(name, as: ActivationOptions.self)
    let tensors = golden.tensors(name)
    let inputs = tensors.contains("slope") ? ["input", "slope"] : ["input"]
    let cotangent = tensors["cotangent"]
    let run = { @Sendable (point: [Tensor]) -> [Tensor] in
      let (value, pullback) = try valueWithPullback(at: point) { try options.apply($0) }
      return [value] + pullback(cotangent)
    }
    let isSingle = tensors["input"].elementType == .float32
    // The derivative 1 - tanh(x)^2 is a difference of rounded numbers, and so are results near 0 of
    // functions that are not 0 there. What is left is exact, but for numbers too small to be normal.
    let absolute: Double =
      switch (isSingle, options.extreme && options.function != "tanh") {
      case (true, true): 1e-37
      case (true, false): 5e-7
      case (false, true): 1e-300
      case (false, false): 5e-15
      }
    let point = inputs.map { tensors[$0] }
    for (kind, results) in [("eager", try run(point)), ("compiled", try compile(run)(point))] {
      let names = ["output"] + inputs.map { "\($0)_gradient" }
      for (result, what) in zip(results, names) {
        #expect(result.elementType == tensors[what].elementType)
        expectClose(
          result, tensors[what], relative: isSingle ? 1e-5 : 1e-10, absolute: absolute,
          "\(name), \(kind) \(what)")
      }
    }
  }

  @Test func `every activation has golden values`() throws {
    let golden = try Golden("activations")
    let names = try golden.cases.map {
      try golden.options($0, as: ActivationOptions.self).function
    }
    for activation in Activation.catalog {
      // Three configurations of each type are the least.
      let count = names.count { $0 == activation.name }
      #expect(count >= 6, "\(activation)")
    }
  }
}
