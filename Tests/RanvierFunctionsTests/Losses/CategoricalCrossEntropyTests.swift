import Foundation
import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CategoricalCrossEntropyTests {
  let probabilities = Tensor([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]])

  @Test func `takes distributions and classes of any integer type`() {
    let expected = Tensor([-Foundation.log(0.2), -Foundation.log(0.5)])
    let oneHot = Tensor([[0.0, 1, 0], [0, 0, 1]])
    expectClose(
      categoricalCrossEntropy(oneHot, probabilities, reduction: .none), expected, relative: 1e-12)
    for type in ElementType.allCases {
      let targets = oneHot.cast(to: type)
      #expect(
        categoricalCrossEntropy(targets, probabilities)
          == categoricalCrossEntropy(oneHot, probabilities))
      let classes = Tensor([1, 2]).cast(to: type)
      let losses = categoricalCrossEntropy(classes, probabilities, reduction: .none)
      if type.isInteger { expectClose(losses, expected, relative: 1e-12, "\(type)") }
      #expect((losses.error == nil) == type.isInteger)
    }
  }

  @Test func `classes behind a softmax stay classes, compiled or not`() throws {
    let classes = Tensor([2, 0, 1])
    let logits = Tensor([[1.5, -2, 0.5], [3, 0.25, -1], [-4, 2, 2.5]])
    let expected = categoricalCrossEntropy(classes, logits, fromLogits: true)
    let loss = { @Sendable (classes: Tensor, logits: Tensor) in
      categoricalCrossEntropy(classes, softmax(logits))
    }
    expectClose(loss(classes, logits), expected, relative: 1e-12)
    expectClose(try compile(loss)(classes, logits), expected, relative: 1e-12)
  }

  @Test func `is large and finite for impossible classes`() {
    let certain = Tensor([[1, 0]] as [[Float]])
    for targets in [Tensor([1]), Tensor([[0, 1]] as [[Float]])] {
      let loss = categoricalCrossEntropy(targets, certain)
      expectClose(loss, Tensor(Float(87.33655)))
      let slope = gradient(at: certain) { categoricalCrossEntropy(targets, $0) }
      #expect(isFinite(slope).all().scalar(as: Bool.self))
    }
  }

  @Test func `still teaches where the right class is very improbable`() {
    let logits = Tensor([[0, 60]] as [[Float]])
    let slope = gradient(at: logits) { categoricalCrossEntropy(Tensor([0]), softmax($0)) }
    expectClose(slope, Tensor([[-1, 1]] as [[Float]]))
  }

  @Test func `ignores masked logits that are no targets`() {
    let logits = Tensor([[0, -.infinity, 0]] as [[Float]])
    for targets in [Tensor([0]), Tensor([[1, 0, 0]] as [[Float]])] {
      let (loss, slope) = valueWithGradient(at: logits) {
        categoricalCrossEntropy(targets, $0, fromLogits: true)
      }
      expectClose(loss, Tensor(Float(0.6931472)))
      expectClose(slope, Tensor([[-0.5, 0, 0.5]] as [[Float]]))
    }
  }

  @Test(arguments: [-1, 3, 255])
  func `is not a number for a class that does not exist`(wrong: Int) {
    let losses = categoricalCrossEntropy(Tensor([1, wrong]), probabilities, reduction: .none)
    #expect(isFinite(losses) == Tensor([true, false]))
  }

  @Test func `computes 16-bit predictions in f32`() {
    let logits = Tensor([[1.0, 2, 3]])
    let loss = categoricalCrossEntropy(Tensor([2]), logits.cast(to: .bfloat16), fromLogits: true)
    #expect(loss.elementType == .float32)
    expectClose(loss, Tensor(Float(0.4076059644)))
    let slope = gradient(at: logits.cast(to: .bfloat16)) {
      categoricalCrossEntropy(Tensor([2]), $0, fromLogits: true)
    }
    #expect(slope.elementType == .bfloat16)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let logits = Tensor([0.3, -1, 0.6, 2, 0.1, -0.4], shape: [2, 3])
    let soft = softmax(Tensor([1.0, 0, 0.5, -1, 0.2, 0.1], shape: [2, 3]))
    let weights = Tensor([0.5, 2.0])
    for targets in [soft, Tensor([2, 0])] {
      for reduction in Reduction.allCases {
        expectGradientsMatch(at: [logits], "logits, \(reduction)") {
          categoricalCrossEntropy(
            targets, $0[0], fromLogits: true, weights: weights, reduction: reduction)
        }
        expectGradientsMatch(at: [softmax(logits)], "probabilities, \(reduction)") {
          categoricalCrossEntropy(targets, $0[0], weights: weights, reduction: reduction)
        }
      }
    }
    expectGradientsMatch(at: [soft, logits], "targets") {
      categoricalCrossEntropy($0[0], $0[1], fromLogits: true)
    }
  }

  @Test func `says which shapes do not fit`() {
    let p = Tensor.ones([4, 3])
    let rule = """
      categoricalCrossEntropy needs targets of shape [4, 3], or classes as integers of shape \
      [4], got \
      targets
      """
    let rows: [(Tensor, String)] = [
      (
        Tensor.ones([4]),
        "f32[4], predictions f32[4, 3]; classes are integers: targets.cast(to: .int32)"
      ),
      (
        Tensor.range(4).reshaped(to: [4, 1]),
        """
        i32[4, 1], predictions f32[4, 3]; remove the targets' last axis: \
        targets.squeezed(axes: [-1])
        """
      ),
      (Tensor.range(5), "i32[5], predictions f32[4, 3]; the batches differ in size"),
      (Tensor.ones([4, 2]), "f32[4, 2], predictions f32[4, 3]; the model's output has 3 classes"),
      (Tensor(1), "i64[], predictions f32[4, 3]; the model's output has 3 classes"),
    ]
    for (targets, text) in rows {
      expectError(categoricalCrossEntropy(targets, p), "\(rule) \(text)")
    }
    expectError(
      categoricalCrossEntropy(Tensor(1), Tensor(0.5)),
      """
      categoricalCrossEntropy needs predictions with a class axis, got targets i64[], \
      predictions f64[]
      """)
  }
}
