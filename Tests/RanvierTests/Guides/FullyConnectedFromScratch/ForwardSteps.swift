import Ranvier
import Testing

/// From the data to the parameters.
extension FullyConnectedFromScratchTests {
  typealias TF = Tensor

  static func normalize(_ x: TF, mean: TF, std: TF) -> TF {
    (x - mean) / std
  }

  static func images(_ count: Int, key: RandomKey) -> (Tensor, Tensor) {
    let keys = key.split(3)
    let strokes = keys[0].bernoulli([count, 784], probability: 0.154)
    let ink = keys[1].uniform([count, 784], from: 0.7, to: 1)
    let digits = keys[2].integers([count], in: 0 ..< 10)
    return (select(strokes, ink, 0), digits)
  }

  static let (rawTrain, yTrain) = images(60_000, key: RandomKey(seed: 1))
  static let (rawValid, yValid) = images(10_000, key: RandomKey(seed: 2))

  @Test static func step2() throws {
    try step(2) {
      print(rawTrain.type, yTrain.type, rawValid.type, yValid.type)
      print(rawTrain.min(), rawTrain.max(), yTrain[..<8])
    }
  }

  static let trainMean = rawTrain.mean()
  static let trainStd = rawTrain.standardDeviation()

  @Test static func step3() throws {
    try step(3) {
      print(trainMean, trainStd)
    }
  }

  static let xTrain = normalize(rawTrain, mean: trainMean, std: trainStd)
  static let xValid = normalize(rawValid, mean: trainMean, std: trainStd)

  @Test static func step4() throws {
    try step(4) {
      print(xTrain.shape, xTrain.min(), xTrain.max())
    }
  }

  static func isNearZero(_ x: Tensor, tolerance: Float = 1e-3) -> Bool {
    abs(x).scalar() < tolerance
  }

  static func isSame(_ a: Tensor, _ b: Tensor) -> Bool {
    isClose(a, b, relative: 0, absolute: 1e-3)
  }

  @Test static func step5() throws {
    try step(5) {
      print(isNearZero(xTrain.mean()), isNearZero(xTrain.standardDeviation() - 1))
    }
  }

  static let (n, m) = (xTrain.shape[0], xTrain.shape[1])
  static let c = yTrain.max().scalar(as: Int.self) + 1
  static let nh = 50

  @Test static func step6() throws {
    try step(6) {
      print(n, m, c, nh)
    }
  }

  static let keys = RandomKey(seed: 42).split(2)
  static let simpleW1 = keys[0].normal([m, nh]) / Double(m).squareRoot()
  static let b1 = Tensor.zeros([nh])
  static let w2 = keys[1].normal([nh, 1]) / Double(nh).squareRoot()
  static let b2 = Tensor.zeros([1])

  @Test static func step7() throws {
    try step(7) {
      print(simpleW1.mean(), simpleW1.standardDeviation())
      print(isNearZero(simpleW1.mean()))
      print(isNearZero(simpleW1.standardDeviation() - 1 / Double(m).squareRoot()))
    }
  }

  @Test static func step8() throws {
    try step(8) {
      print(xValid.mean(), xValid.standardDeviation())
    }
  }
}

infix operator • : MultiplicationPrecedence

func • (left: Tensor, right: Tensor) -> Tensor {
  matmul(left, right)
}

/// From a layer to the loss.
extension FullyConnectedFromScratchTests {
  static func lin(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> Tensor {
    x • w + b
  }

  @Test static func step9() throws {
    try step(9) {
      let t = lin(xValid, simpleW1, b1)
      print(t.mean(), t.standardDeviation())
      print(isSame(t, matmul(xValid, simpleW1) + b1))
    }
  }

  static func relu(_ x: Tensor) -> Tensor {
    maximum(x, 0)
  }

  @Test static func step10() throws {
    try step(10) {
      let t = relu(lin(xValid, simpleW1, b1))
      print(t.mean(), t.standardDeviation())
    }
  }

  static let w1 = keys[0].normal([m, nh]) * (2 / Double(m)).squareRoot()

  @Test static func step11() throws {
    try step(11) {
      print(w1.mean(), w1.standardDeviation())
      let t = relu(lin(xValid, w1, b1))
      print(t.mean(), t.standardDeviation())
    }
  }

  static func model(_ x: Tensor) -> Tensor {
    let l1 = lin(x, w1, b1)
    let l2 = relu(l1)
    return lin(l2, w2, b2)
  }

  static func milliseconds(_ body: () -> Void) -> Double {
    let time = ContinuousClock().measure(body)
    return (time / .microseconds(100)).rounded() / 10
  }

  static func time(repeating count: Int, _ body: () -> Void) {
    body()
    let times = (0 ..< count).map { _ in milliseconds(body) }.sorted()
    let average = (times.reduce(0, +) / Double(count) * 10).rounded() / 10
    print("average", average, "min", times[0], "max", times[count - 1], "ms")
  }

  @Test static func step12() throws {
    try step(12) {
      print(model(xValid).shape)
      time(repeating: 10) { _ = model(xValid) }
    }
  }

  static func mse(_ output: Tensor, _ targets: Tensor) -> Tensor {
    square(output.squeezed(axes: [-1]) - targets).mean()
  }

  static let targets = yTrain.cast(to: .float32)

  @Test static func step13() throws {
    try step(13) {
      let loss = mse(model(xTrain), targets)
      print(loss)
      #expect(isSame(loss, mse(model(xTrain), yTrain)))
    }
  }
}
