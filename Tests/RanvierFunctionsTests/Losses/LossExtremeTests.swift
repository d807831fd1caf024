import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// A loss of one element, its value and its derivative, where numbers are extreme.
struct ExtremeLoss: Sendable, CustomTestStringConvertible {
  let loss: Loss
  let target: Float
  let prediction: Float
  let value: Double
  let slope: Double

  init(
    _ loss: Loss, _ target: Float, _ prediction: Float, is value: Double, slope: Double
  ) {
    (self.loss, self.target, self.prediction) = (loss, target, prediction)
    (self.value, self.slope) = (value, slope)
  }

  var testDescription: String { "\(loss.name) of \(target) and \(prediction)" }

  /// The loss of a probability of 0 in `f32`.
  static let highest = 87.33654475

  static let subnormal = Float.leastNormalMagnitude / 128

  static let all: [ExtremeLoss] = logits + probabilities + differences + scores

  static let logits: [ExtremeLoss] =
    [
      Loss.binaryCrossEntropy(fromLogits: true), .focal(fromLogits: true),
      .focal(fromLogits: true, focus: 0.5),
    ].flatMap { loss in
      [
        ExtremeLoss(loss, 1, .infinity, is: 0, slope: 0),
        ExtremeLoss(loss, 0, .infinity, is: .infinity, slope: 1),
        ExtremeLoss(loss, 1, -.infinity, is: .infinity, slope: -1),
        ExtremeLoss(loss, 0, -.infinity, is: 0, slope: 0),
        ExtremeLoss(loss, 1, 1e4, is: 0, slope: 0),
        ExtremeLoss(loss, 0, 1e4, is: 1e4, slope: 1),
        ExtremeLoss(loss, 1, -100, is: 100, slope: -1),
        ExtremeLoss(loss, 0, -1e4, is: 0, slope: 0),
      ]
    } + [
      ExtremeLoss(
        .binaryCrossEntropy(fromLogits: true), 0, -80, is: 1.80485e-35, slope: 1.80485e-35),
      ExtremeLoss(.binaryCrossEntropy(fromLogits: true), 0.5, 0, is: 0.6931472, slope: 0),
      ExtremeLoss(.binaryCrossEntropy(fromLogits: true), 0, subnormal, is: 0.6931472, slope: 0.5),
      ExtremeLoss(.minimax(fromLogits: true), 0, .infinity, is: -.infinity, slope: -1),
      ExtremeLoss(.minimax(fromLogits: true), 0, -.infinity, is: 0, slope: 0),
    ]

  static let probabilities: [ExtremeLoss] = [
    ExtremeLoss(.binaryCrossEntropy, 0, 0, is: 0, slope: 1),
    ExtremeLoss(.binaryCrossEntropy, 1, 1, is: 0, slope: -1),
    ExtremeLoss(.binaryCrossEntropy, 1, 0, is: highest, slope: 0),
    ExtremeLoss(.binaryCrossEntropy, 0, 1, is: highest, slope: 0),
    ExtremeLoss(.binaryCrossEntropy, 0, 1e-10, is: 1e-10, slope: 1),
    ExtremeLoss(.binaryCrossEntropy, 0, subnormal, is: Double(subnormal), slope: 1),
    ExtremeLoss(.minimax, 0, 0, is: 0, slope: -1),
    ExtremeLoss(.minimax, 1, 1, is: 0, slope: 1),
    ExtremeLoss(.focal, 1, 1, is: 0, slope: 0),
    ExtremeLoss(.focal, 0, 0, is: 0, slope: 0),
    ExtremeLoss(.focal(fromLogits: false, focus: 0.5), 1, 1, is: 0, slope: 0),
    ExtremeLoss(.focal(fromLogits: false, focus: 0), 1, 1, is: 0, slope: -1),
    ExtremeLoss(.poisson, 0, 0, is: 0, slope: 1),
    ExtremeLoss(.poisson, 2, 0, is: 2 * highest, slope: 1),
    ExtremeLoss(.poisson, 3, .infinity, is: .infinity, slope: 1),
    ExtremeLoss(.poisson, 0, .infinity, is: .infinity, slope: 1),
    ExtremeLoss(.poisson(fromLogarithms: true), 0, -.infinity, is: 0, slope: 0),
    ExtremeLoss(.poisson(fromLogarithms: true), 2, -.infinity, is: .infinity, slope: -2),
    ExtremeLoss(.poisson(fromLogarithms: true), 2, .infinity, is: .infinity, slope: .infinity),
    ExtremeLoss(.poisson(fromLogarithms: true), 2, -1e4, is: 2e4, slope: -2),
  ]

  static let differences: [ExtremeLoss] = [
    ExtremeLoss(.logCosh, 0, 1e4, is: 9999.306853, slope: 1),
    ExtremeLoss(.logCosh, 0, -1e4, is: 9999.306853, slope: -1),
    ExtremeLoss(.logCosh, 0, .infinity, is: .infinity, slope: 1),
    ExtremeLoss(.logCosh, 0, -.infinity, is: .infinity, slope: -1),
    ExtremeLoss(.logCosh, 0, 1e-5, is: 5e-11, slope: 1e-5),
    ExtremeLoss(.logCosh, 0, 0, is: 0, slope: 0),
    ExtremeLoss(.huber, 0, 1e4, is: 9999.5, slope: 1),
    ExtremeLoss(.huber, 0, -.infinity, is: .infinity, slope: -1),
    ExtremeLoss(.huber, 0, 0, is: 0, slope: 0),
    ExtremeLoss(.huber, 0, 1e-5, is: 5e-11, slope: 1e-5),
    ExtremeLoss(.meanAbsoluteError, 0, -.infinity, is: .infinity, slope: -1),
    ExtremeLoss(.meanAbsoluteError, 0, subnormal, is: Double(subnormal), slope: 1),
    ExtremeLoss(.meanSquaredError, 0, 1e4, is: 1e8, slope: 2e4),
    ExtremeLoss(.meanSquaredError, 0, .infinity, is: .infinity, slope: .infinity),
    ExtremeLoss(.meanSquaredLogarithmicError, 0, 0, is: 0, slope: 0),
    ExtremeLoss(.meanSquaredLogarithmicError, 0, 1e-10, is: 1e-20, slope: 2e-10),
    ExtremeLoss(.meanSquaredLogarithmicError, 0, .infinity, is: .infinity, slope: 0),
    ExtremeLoss(.meanAbsolutePercentageError, 0, 1e-7, is: 100, slope: 1e9),
    ExtremeLoss(.meanAbsolutePercentageError, -2, .infinity, is: .infinity, slope: 50),
    ExtremeLoss(.pinball, 0, .infinity, is: .infinity, slope: 0.5),
    ExtremeLoss(.pinball, 0, -1e4, is: 5000, slope: -0.5),
  ]

  static let scores: [ExtremeLoss] = [
    ExtremeLoss(.hinge, 1, .infinity, is: 0, slope: 0),
    ExtremeLoss(.hinge, 1, -.infinity, is: .infinity, slope: -1),
    ExtremeLoss(.hinge, -1, 1e4, is: 10001, slope: 1),
    ExtremeLoss(.squaredHinge, 1, .infinity, is: 0, slope: 0),
    ExtremeLoss(.squaredHinge, -1, 99, is: 1e4, slope: 200),
    ExtremeLoss(.softMargin, 1, .infinity, is: 0, slope: 0),
    ExtremeLoss(.softMargin, 1, -.infinity, is: .infinity, slope: -1),
    ExtremeLoss(.softMargin, -1, 1e4, is: 1e4, slope: 1),
    ExtremeLoss(.softMargin, 1, 80, is: 1.80485e-35, slope: -1.80485e-35),
    ExtremeLoss(.wasserstein, -1, .infinity, is: -.infinity, slope: -1),
  ]
}

@Suite struct LossExtremeTests {
  @Test(arguments: ExtremeLoss.all)
  func `values and derivatives have the right limits`(row: ExtremeLoss) {
    // What is cut off depends on the type.
    let isCutOff = [ExtremeLoss.highest, 2 * ExtremeLoss.highest].contains(row.value)
    for type in isCutOff ? [ElementType.float32] : [.float32, .float64] {
      let point = Tensor([row.prediction]).cast(to: type)
      let (value, slope) = valueWithGradient(at: point) {
        row.loss(Tensor([row.target]), $0, reduction: .sum)
      }
      expectClose(value, Tensor(row.value), relative: 1e-5, absolute: 1e-38, "\(type)")
      expectClose(slope, Tensor([row.slope]), relative: 1e-5, absolute: 1e-38, "slope, \(type)")
    }
  }

  @Test func `certain distributions have right derivatives`() {
    let certain = Tensor([[0, 1, 0]] as [[Float]])
    for loss in [Loss.categoricalCrossEntropy, .klDivergence] {
      let (value, slope) = valueWithGradient(at: certain) { loss(certain, $0) }
      #expect(value == Tensor(Float(0)), "\(loss)")
      #expect(slope == Tensor([[0, -1, 0]] as [[Float]]), "\(loss)")
    }
    let logarithms = Tensor([[-.infinity, 0, -.infinity]] as [[Float]])
    let others: [@Sendable (Tensor) -> Tensor] = [
      { negativeLogLikelihood(Tensor([1]), $0) }, { negativeLogLikelihood(certain, $0) },
      { klDivergence(certain, $0, fromLogarithms: true) },
      { klDivergence(logarithms, $0, fromLogarithms: true, logarithmicTargets: true) },
    ]
    for (index, loss) in others.enumerated() {
      let (value, slope) = valueWithGradient(at: logarithms, of: loss)
      #expect(value == Tensor(Float(0)), "\(index)")
      #expect(slope == Tensor([[0, -1, 0]] as [[Float]]), "\(index)")
    }
    let targetSlope = gradient(at: logarithms) {
      klDivergence($0, logarithms, fromLogarithms: true, logarithmicTargets: true)
    }
    #expect(isNaN(targetSlope).any().scalar(as: Bool.self) == false)
  }

  @Test(arguments: [0, 0.5, 2])
  func `focal loss takes impossible and certain classes`(focus: Double) {
    let logits = Tensor([[1e4, -.infinity, -1e4]] as [[Float]])
    let right = valueWithGradient(at: logits) {
      categoricalFocal(Tensor([0]), $0, fromLogits: true, focus: focus)
    }
    #expect(right.value == Tensor(Float(0)))
    #expect(right.gradient == Tensor.zeros([1, 3]))
    let wrong = valueWithGradient(at: logits) {
      categoricalFocal(Tensor([2]), $0, fromLogits: true, focus: focus)
    }
    #expect(wrong.value == Tensor(Float(2e4)))
    #expect(wrong.gradient == Tensor([[1, 0, -1]] as [[Float]]))
    let certain = Tensor([[1, 0]] as [[Float]])
    for targets in [Tensor([0]), Tensor([1]), certain] {
      let slope = gradient(at: certain) { categoricalFocal(targets, $0, focus: focus) }
      #expect(isFinite(slope).all().scalar(as: Bool.self))
    }
  }

  @Test func `targets have derivatives where they are 0`() {
    let predictions = Tensor([[0.25, 0.75]])
    let slope = gradient(at: Tensor([[0.0, 1.0]])) { categoricalCrossEntropy($0, predictions) }
    expectClose(slope, -log(predictions), relative: 1e-12)
  }

  @Test func `f64 probabilities are cut off at its own smallest number`() {
    let losses = binaryCrossEntropy(
      Tensor([1.0, 1]), Tensor([1e-100, 0]), perElement: true, reduction: .none)
    expectClose(losses, Tensor([230.25850929940457, 708.3964185322641]), relative: 1e-12)
  }
}
