import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BatchNormTests {
  struct Options: Decodable {
    var mode: String
    var epsilon: Double
    var momentum: Double?
  }

  @Test(.tags(.golden), arguments: try Golden("batch_norm").cases)
  func `equals PyTorch`(name: String) throws {
    let golden = try Golden("batch_norm")
    let options = try golden.options(name, as: Options.self)
    let tensors = golden.tensors(name)
    let inputs = ["input", "scale", "offset"]
    guard options.mode == "training" else {
      let (mean, variance) = (tensors["running_mean"], tensors["running_variance"])
      expectGolden(tensors, inputs: inputs, name) {
        batchNorm(
          $0[0], scale: $0[1], offset: $0[2], mean: mean, variance: variance,
          epsilon: options.epsilon)
      }
      return
    }
    expectGolden(tensors, inputs: inputs, absolute: 1e-5, name) {
      batchNormTraining($0[0], scale: $0[1], offset: $0[2], epsilon: options.epsilon).output
    }
    let (_, mean, variance) = batchNormTraining(tensors["input"])
    expectClose(mean, tensors["batch_mean"], "\(name), mean")
    expectClose(variance, tensors["batch_variance"], "\(name), variance")
    let momentum = 1 - (options.momentum ?? 0)
    let after = [("mean", mean), ("variance", variance)]
    for (statistic, batch) in after {
      expectClose(
        updatedRunningStatistic(tensors["running_\(statistic)"], with: batch, momentum: momentum),
        tensors["running_\(statistic)_after"], "\(name), running \(statistic)")
    }
  }

  @Test func `has known values`() {
    let x = Tensor([[1.0, 2], [3, 6]])
    let (output, mean, variance) = batchNormTraining(
      x, scale: Tensor([1.0, 2]), offset: Tensor([0.5, 0]))
    expectClose(
      output, Tensor([[-0.499995, -1.999997], [1.499995, 1.999997]]), absolute: 1e-6)
    #expect(mean == Tensor([2.0, 4]) && variance == Tensor([1.0, 4]))
    expectClose(updatedRunningStatistic(Tensor([0.0, 0]), with: mean), Tensor([0.2, 0.4]))
  }

  @Test func `does without scale and offset, and computes 16 bits in f32`() {
    let x = RandomKey(seed: 1).normal([64, 3], mean: 5).cast(to: .bfloat16)
    let (output, mean, variance) = batchNormTraining(x)
    #expect(output.elementType == .bfloat16 && mean.elementType == .float32)
    expectClose(
      output, batchNorm(x.cast(to: .float32), mean: mean, variance: variance).cast(to: .bfloat16))
  }

  @Test func `is finite for one example and for constant channels`() {
    let (output, _, variance) = batchNormTraining(Tensor.ones([1, 2]))
    #expect(output == Tensor.zeros([1, 2]) && variance == Tensor.zeros([2]))
    let slope = gradient(at: Tensor.ones([4, 2])) { (x: Tensor) in
      (batchNormTraining(x).output * Tensor([1, 2] as [Float])).sum()
    }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let key = RandomKey(seed: 9)
    let x = key.normal([5, 2, 3], elementType: .float64)
    let vectors = (1 ..< 5).map {
      key.derived(UInt32($0)).uniform([3], from: 0.5, to: 2, elementType: .float64)
    }
    expectGradientsMatch(at: [x] + vectors, "inference") {
      batchNorm($0[0], scale: $0[1], offset: $0[2], mean: $0[3], variance: $0[4])
    }
    expectGradientsMatch(at: [x] + vectors.prefix(2), "training") {
      batchNormTraining($0[0], scale: $0[1], offset: $0[2]).output
    }
    expectGradientsMatch(at: [x], "statistics") {
      let (_, mean, variance) = batchNormTraining($0[0])
      return mean * variance
    }
  }

  @Test func `a momentum of 0_1 is Axon's, and 0_9 the usual one`() {
    let (old, new) = (Tensor([10.0]), Tensor([20.0]))
    expectClose(updatedRunningStatistic(old, with: new, momentum: 0.1), Tensor([19.0]))
    expectClose(updatedRunningStatistic(old, with: new), Tensor([11.0]))
  }

  @Test func `takes no derivative of running statistics`() {
    let slope = gradient(at: Tensor([1.0])) {
      updatedRunningStatistic(Tensor([1.0]), with: $0).sum()
    }
    #expect(slope == Tensor([0.0]))
  }

  @Test func `says which shapes do not fit`() {
    let (x, two) = (Tensor.ones([4, 3]), Tensor.ones([2]))
    expectError(
      batchNorm(x, mean: two, variance: two),
      "batchNorm needs a mean of shape [3], got [2] for x [4, 3]; channels are the last axis")
    expectError(
      batchNormTraining(x, scale: two).variance,
      "batchNorm needs a scale of shape [3], got [2] for x [4, 3]; channels are the last axis")
    expectError(
      batchNormTraining(two).output,
      "batchNorm needs floating-point numbers [batch, ..., channels], got f32[2]")
  }
}
