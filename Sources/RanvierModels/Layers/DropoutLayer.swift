internal import RanvierFunctions
internal import RanvierTensors

/// Elements dropped while training.
package struct DropoutLayer: Layer {
  package let rate: Double
  package let sharedAxes: [Int]
  package let maskValue: Double
  package let scale: Double?
  package let shift: Double

  package var operation: String { "dropout" }
  package var options: [LayerOption] {
    [LayerOption("rate", rate)]
      + (sharedAxes.isEmpty ? [] : [LayerOption("shared axes", sharedAxes)])
      + (maskValue == 0 ? [] : [LayerOption("mask value", maskValue)])
      + (scale.map { [LayerOption("scale", $0)] } ?? [])
      + (shift == 0 ? [] : [LayerOption("shift", shift)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let rank = inputs[0].shape.rank
    try checkRate(rate, inputs[0])
    let positions = sharedAxes.map { $0 < 0 ? $0 + rank : $0 }
    guard Set(positions).count == positions.count, positions.allSatisfy((0 ..< rank).contains)
    else {
      throw LayerProblem(
        "different axes of the input", got: "shared axes \(sharedAxes) of \(inputs[0].shape)")
    }
    guard [maskValue, scale ?? 1, shift].allSatisfy(\.isFinite) else {
      throw LayerProblem(
        "a finite mask value, scale and shift", got: "\(maskValue), \(scale ?? 1) and \(shift)")
    }
    return LayerSignature(inputs[0].shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    guard let key = call.key else { return LayerResult(call.input) }
    return LayerResult(
      RanvierFunctions.dropout(
        call.input, rate: rate, sharedAxes: sharedAxes, maskValue: maskValue, scale: scale,
        shift: shift, key: key))
  }
}

/// Checks what all layers that drop elements need.
func checkRate(_ rate: Double, _ input: LayerInput) throws(LayerProblem) {
  guard (0 ..< 1).contains(rate) else {
    throw LayerProblem(
      "a rate in 0 ..< 1", got: "\(rate)", hint: "the rate is the share that is dropped")
  }
  try input.checkFloatingPoint()
}

extension Model {
  /// Drops random values while training, and scales the others by `1 / (1 - rate)`; does nothing in
  /// prediction.
  ///
  /// - Shapes: output as input.
  /// - Parameters:
  ///   - rate: The probability with which a value is dropped, in `0 ..< 1`.
  ///   - sharedAxes: Axes along which values are kept or dropped together: `[1]` of `[batch, tokens,
  ///     features]` drops the same features of all tokens.
  ///   - maskValue: What stands for a dropped value.
  ///   - scale: Multiplies all values while training, by default by `1 / (1 - rate)`.
  ///   - shift: Added to all values while training.
  /// - Source: Srivastava et al. 2014.
  public func dropout(
    rate: Double = 0.5, sharedAxes: [Int] = [], maskValue: Double = 0, scale: Double? = nil,
    shift: Double = 0, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      DropoutLayer(
        rate: rate, sharedAxes: sharedAxes, maskValue: maskValue, scale: scale, shift: shift),
      name: name, file, line)
  }
}
