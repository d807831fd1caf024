import Ranvier

extension Workload {
  /// A photograph's classes.
  static let resNetPrediction = resNetPrediction(
    batch: 1, summary: "ResNet-18 predict, 224 px, batch 1", goals: [.float32: 0.85])

  /// The classes of eight photographs.
  static let resNetPredictionOfBatch = resNetPrediction(
    batch: 8, summary: "ResNet-18 predict, 224 px, batch 8",
    goals: [.float32: 0.8, .bfloat16: 0.5])

  /// Training on small photographs.
  static let resNetTraining = Workload(
    name: "resnet18_train_b8", summary: "ResNet-18 train, 64 px, batch 8, Adam step",
    goals: [.float32: 0.5, .bfloat16: 0.4],
    // The gradient with respect to the input is not needed.
    productOperations: 8 * (3 * resNetOperations(size: 64) - stemOperations(size: 64))
  ) { precision in
    let key = RandomKey(seed: 1)
    return try TrainingRun(
      resNet, input: key.derived("x").normal([8, 64, 64, 3]),
      targets: key.derived("y").integers([8], in: 0 ..< classes), precision: precision,
      // With a rate of 1e-3 losses after the first step depend on how sides round: Adam's first
      // step is as large for a gradient that is nearly zero as for any other.
      optimizer: .adam(learningRate: 1e-5))
  }

  private static func resNetPrediction(
    batch: Int, summary: String, goals: [Precision: Double]
  ) -> Workload {
    Workload(
      name: "resnet18_infer_b\(batch)", summary: summary, goals: goals,
      productOperations: Double(batch) * resNetOperations(size: 224)
    ) { precision in
      let key = RandomKey(seed: 1)
      return try PredictionRun(
        resNet, input: key.derived("x").normal([batch, 224, 224, 3]), precision: precision,
        state: { afterTraining($0, key: key) })
    }
  }

  private static let classes = 1000
  private static let stages = [64, 128, 256, 512]

  /// He, Zhang, Ren & Sun 2015, arXiv:1512.03385, table 1, 18 layers.
  private static var resNet: Model {
    var model = Model.input("x", shape: [nil, nil, nil, 3])
      .conv(64, kernelSize: 7, strides: 2, padding: .explicit(3), useBias: false)
      .batchNorm().relu()
      .maxPool(3, strides: 2, padding: .explicit(1))
    for (stage, filters) in stages.enumerated() {
      model =
        model
        .scope("block_\(2 * stage)") { block($0, filters, strides: stage == 0 ? 1 : 2) }
        .scope("block_\(2 * stage + 1)") { block($0, filters, strides: 1) }
    }
    return model.globalAveragePool().dense(classes)
  }

  /// Two convolutions beside a shortcut, which is a projection where the shape changes.
  private static func block(_ x: Model, _ filters: Int, strides: SpatialSizes) -> Model {
    func convolved(_ x: Model, size: SpatialSizes, strides: SpatialSizes) -> Model {
      x.conv(
        filters, kernelSize: size, strides: strides, padding: .explicit(size == 3 ? 1 : 0),
        useBias: false
      ).batchNorm()
    }
    let first = convolved(x, size: 3, strides: strides).relu()
    let second = convolved(first, size: 3, strides: 1)
    let shortcut = strides == 1 ? x : convolved(x, size: 1, strides: strides)
    return Model.add(second, shortcut).relu()
  }

  /// Statistics, scales and offsets as training could leave them: those of a new model would do
  /// nothing.
  private static func afterTraining(_ state: ModelState, key: RandomKey) -> ModelState {
    var state = state
    for (path, tensor) in state.layerState {
      let key = key.derived(path)
      state.layerState[path] =
        path.hasSuffix("/mean")
        ? key.normal(tensor.shape) * 0.1 : key.uniform(tensor.shape) + 0.5
    }
    for (path, tensor) in state.parameters where path.contains("batch_norm") {
      state.parameters[path] = tensor + key.derived(path).normal(tensor.shape) * 0.1
    }
    return state
  }

  /// The operations for an image of `size` by `size`.
  private static func resNetOperations(size: Double) -> Double {
    var operations = stemOperations(size: size)
    var (size, channels) = (size / 4, 64.0)
    for filters in stages.map(Double.init) {
      // Nine products for each pair of channels in a 3x3 window, one in the projection.
      let isFirst = filters == channels
      size /= isFirst ? 1 : 2
      let pairs = (isFirst ? 9 : 10) * channels * filters + 3 * 9 * filters * filters
      operations += 2 * size * size * pairs
      channels = filters
    }
    return operations + 2 * channels * Double(classes)
  }

  private static func stemOperations(size: Double) -> Double {
    2 * (size / 2) * (size / 2) * 49 * 3 * 64
  }
}
