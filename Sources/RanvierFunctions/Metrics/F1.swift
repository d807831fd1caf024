internal import RanvierTensors

extension Metric {
  /// The harmonic mean of precision and recall.
  public static let f1 = Metric.f1()

  /// The harmonic mean of precision and recall.
  ///
  /// See ``fBeta(_:averaging:deciding:)``, with a `beta` of 1.
  public static func f1(
    averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofF("f1", operation: "f1", beta: 1, averaging, decision)
  }

  /// The harmonic mean of precision and recall, in which recall counts `beta` times as much.
  ///
  /// `(1 + beta^2) * truePositives / ((1 + beta^2) * truePositives + falsePositives + beta^2 *
  /// falseNegatives)`. Where nothing is true or predicted it is 0, and without examples
  /// not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` their leading axes. A
  ///   scalar, or `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - beta: How much more recall counts; 0 or more.
  ///   - averaging: How the values of several classes or labels become one.
  ///   - decision: How predictions become decisions.
  public static func fBeta(
    _ beta: Double, averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofF("f_beta", operation: "fBeta", beta: beta, averaging, decision)
  }

  private static func ofF(
    _ name: String, operation: String, beta: Double, _ averaging: Averaging, _ decision: Decision
  ) -> Metric {
    guard beta >= 0, beta.isFinite else {
      return wrong(name, "fBeta", "a finite beta of 0 or more", got: "\(beta)")
    }
    let square = beta * beta
    return ofDecisions(name, operation: operation, averaging, decision) { counts in
      let hits = counts.truePositives * (1 + square)
      return (hits, hits + counts.falsePositives + counts.falseNegatives * square)
    }
  }
}
