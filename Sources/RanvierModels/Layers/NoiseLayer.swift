internal import RanvierFunctions
internal import RanvierTensors

/// A random change while training.
package struct NoiseLayer: Layer {
  package enum Kind: Sendable, Hashable {
    case spatialDropout(rate: Double)
    case alphaDropout(rate: Double)
    case featureAlphaDropout(rate: Double)
    case blockDropout(rate: Double, size: Int)
    case gaussianDropout(rate: Double)
    case gaussianNoise(standardDeviation: Double)
  }

  package let kind: Kind

  package var operation: String {
    switch kind {
    case .spatialDropout: "spatial_dropout"
    case .alphaDropout: "alpha_dropout"
    case .featureAlphaDropout: "feature_alpha_dropout"
    case .blockDropout: "block_dropout"
    case .gaussianDropout: "gaussian_dropout"
    case .gaussianNoise: "gaussian_noise"
    }
  }

  package var options: [LayerOption] {
    switch kind {
    case .spatialDropout(let rate), .alphaDropout(let rate), .featureAlphaDropout(let rate),
      .gaussianDropout(let rate):
      [LayerOption("rate", rate)]
    case .blockDropout(let rate, let size):
      [LayerOption("rate", rate), LayerOption("block size", size)]
    case .gaussianNoise(let deviation): [LayerOption("standard deviation", deviation)]
    }
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    switch kind {
    case .spatialDropout(let rate), .featureAlphaDropout(let rate):
      try checkRate(rate, input)
      _ = try input.shape.spatialAxes()
    case .alphaDropout(let rate), .gaussianDropout(let rate): try checkRate(rate, input)
    case .blockDropout(let rate, let size):
      try checkRate(rate, input)
      let axes = try input.shape.spatialAxes()
      guard size > 0, (1 ... axes).allSatisfy({ input.shape[$0].map { size <= $0 } ?? true })
      else {
        throw LayerProblem(
          "a positive block size within the spatial sizes", got: "\(size) for \(input.shape)")
      }
    case .gaussianNoise(let deviation):
      try input.checkFloatingPoint()
      guard deviation >= 0, deviation.isFinite else {
        throw LayerProblem(
          "a finite standard deviation that is not negative", got: "\(deviation)")
      }
    }
    return LayerSignature(input.shape, elementType: input.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    guard let key = call.key else { return LayerResult(call.input) }
    let x = call.input
    switch kind {
    case .spatialDropout(let rate):
      return LayerResult(RanvierFunctions.spatialDropout(x, rate: rate, key: key))
    case .alphaDropout(let rate):
      return LayerResult(RanvierFunctions.alphaDropout(x, rate: rate, key: key))
    case .featureAlphaDropout(let rate):
      return LayerResult(RanvierFunctions.featureAlphaDropout(x, rate: rate, key: key))
    case .blockDropout(let rate, let size):
      return LayerResult(RanvierFunctions.blockDropout(x, rate: rate, blockSize: size, key: key))
    case .gaussianDropout(let rate):
      return LayerResult(RanvierFunctions.gaussianDropout(x, rate: rate, key: key))
    case .gaussianNoise(let deviation):
      return LayerResult(
        RanvierFunctions.gaussianNoise(x, standardDeviation: deviation, key: key))
    }
  }
}

extension Model {
  /// Drops whole channels of random examples while training, and scales the others by `1 / (1 -
  /// rate)`; does nothing in prediction.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output as input.
  /// - Source: Tompson et al. 2015, arXiv:1411.4280.
  public func spatialDropout(
    rate: Double = 0.5, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(NoiseLayer(kind: .spatialDropout(rate: rate)), name: name, file, line)
  }

  /// Drops random values while training so that mean 0 and variance 1 stay as they are, as the
  /// activation selu wants; does nothing in prediction.
  ///
  /// - Shapes: output as input.
  /// - Source: Klambauer et al. 2017, arXiv:1706.02515.
  public func alphaDropout(
    rate: Double = 0.5, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(NoiseLayer(kind: .alphaDropout(rate: rate)), name: name, file, line)
  }

  /// Drops whole channels of random examples while training as `alphaDropout` drops values; does
  /// nothing in prediction.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output as input.
  /// - Source: Klambauer et al. 2017, arXiv:1706.02515; Tompson et al. 2015, arXiv:1411.4280.
  public func featureAlphaDropout(
    rate: Double = 0.5, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(NoiseLayer(kind: .featureAlphaDropout(rate: rate)), name: name, file, line)
  }

  /// Sets random blocks of neighbouring positions to 0 while training, and scales the others so that
  /// sums keep their size; does nothing in prediction.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output as input.
  /// - Parameters:
  ///   - rate: About the share that is dropped, in `0 ..< 1`.
  ///   - blockSize: The size of a block along each spatial axis.
  /// - Source: Ghiasi, Lin & Le 2018, arXiv:1810.12890.
  public func blockDropout(
    rate: Double = 0.1, blockSize: Int = 7, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      NoiseLayer(kind: .blockDropout(rate: rate, size: blockSize)), name: name, file, line)
  }

  /// Multiplies by normally distributed numbers of mean 1 and variance `rate / (1 - rate)` while
  /// training; does nothing in prediction.
  ///
  /// - Shapes: output as input.
  /// - Source: Srivastava et al. 2014, section 10.
  public func gaussianDropout(
    rate: Double = 0.5, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(NoiseLayer(kind: .gaussianDropout(rate: rate)), name: name, file, line)
  }

  /// Adds normally distributed numbers of mean 0 while training; does nothing in prediction.
  ///
  /// - Shapes: output as input.
  public func gaussianNoise(
    standardDeviation: Double, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      NoiseLayer(kind: .gaussianNoise(standardDeviation: standardDeviation)), name: name, file,
      line)
  }
}
