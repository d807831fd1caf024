internal import RanvierFunctions
internal import RanvierTensors

/// The maximum, mean or norm over all spatial axes.
package struct GlobalPoolLayer: Layer {
  package let measure: PoolMeasure
  package let keepingAxes: Bool

  package var operation: String { "global_\(measure.prefix)_pool" }
  package var options: [LayerOption] {
    measure.options + (keepingAxes ? [LayerOption("keeping axes", true)] : [])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let axes = try input.spatialAxes()
    let result = try recordedType([inputs[0].type()]) { pooled($0[0]) }
    let ones = [Int?](repeating: 1, count: keepingAxes ? axes : 0)
    return LayerSignature(
      DynamicShape([input[0]] + ones + [input[-1]]), elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(pooled(call.input))
  }

  private func pooled(_ x: Tensor) -> Tensor {
    switch measure {
    case .maximum: RanvierFunctions.globalMaxPool(x, keepingAxes: keepingAxes)
    case .average: RanvierFunctions.globalAveragePool(x, keepingAxes: keepingAxes)
    case .norm(let order):
      RanvierFunctions.globalLpPool(x, norm: order, keepingAxes: keepingAxes)
    }
  }
}

extension Model {
  /// The mean of each channel over all spatial positions.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, channels]`, or
  ///   `[batch, 1..., channels]` with `keepingAxes`.
  public func globalAveragePool(
    keepingAxes: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(GlobalPoolLayer(measure: .average, keepingAxes: keepingAxes), name: name, file, line)
  }

  /// The largest value of each channel over all spatial positions.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, channels]`, or
  ///   `[batch, 1..., channels]` with `keepingAxes`.
  public func globalMaxPool(
    keepingAxes: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(GlobalPoolLayer(measure: .maximum, keepingAxes: keepingAxes), name: name, file, line)
  }

  /// The p-norm of each channel over all spatial positions, `sum(|x|^p)^(1/p)`.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, channels]`, or
  ///   `[batch, 1..., channels]` with `keepingAxes`.
  /// - Parameter norm: The order p, above 0.
  public func globalLpPool(
    norm: Double = 2, keepingAxes: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      GlobalPoolLayer(measure: .norm(norm), keepingAxes: keepingAxes), name: name, file, line)
  }
}
