internal import RanvierTensors

/// How often each class or label was decided rightly and wrongly, in `f64`: `[classes]`.
struct ConfusionCounts {
  let truePositives: Tensor
  let falsePositives: Tensor
  let falseNegatives: Tensor
  let trueNegatives: Tensor

  /// Counts of nothing, which take the shape of the first that are added.
  static let initialState: Parameters = {
    let zero = Tensor(0.0)
    return [
      "true_positives": zero, "false_positives": zero, "false_negatives": zero,
      "true_negatives": zero,
    ]
  }()

  init(_ state: Parameters) {
    truePositives = state["true_positives"]
    falsePositives = state["false_positives"]
    falseNegatives = state["false_negatives"]
    trueNegatives = state["true_negatives"]
  }

  /// The counts of labels, each decided on its own.
  private init(
    _ decisions: LabelDecisions, _ weights: Tensor?, operation: String
  ) throws(OperationError) {
    let (actual, predicted) = (decisions.actual, decisions.predicted)
    let weights = try exampleWeights(
      weights, shape: actual.shape, areKnown: nil, operation: operation
    ).validated()
    let batchAxes = Array(0 ..< actual.rank - 1)
    func count(_ isCounted: Tensor) -> Tensor {
      (isCounted.cast(to: .float64) * weights).sum(alongAxes: batchAxes)
    }
    truePositives = count(bitwiseAnd(actual, predicted))
    falsePositives = count(bitwiseAnd(predicted, bitwiseNot(actual)))
    falseNegatives = count(bitwiseAnd(actual, bitwiseNot(predicted)))
    trueNegatives = count(bitwiseNot(bitwiseOr(actual, predicted)))
  }

  /// The counts of several classes, of which each example is and was predicted to be one: work that
  /// does not grow with their number.
  private init(
    _ decisions: ClassDecisions, _ weights: Tensor?, operation: String
  ) throws(OperationError) {
    let (actual, predicted) = (decisions.actual, decisions.predicted)
    let weights = try decisions.weights(weights, operation: operation).validated()
    let isRight = equal(actual, predicted).cast(to: .float64)
    let (right, wrong) = (isRight * weights, (1 - isRight) * weights)
    func count(_ weights: Tensor, _ classes: Tensor) -> Tensor {
      decisions.sums(weights, at: classes, bins: decisions.count)
    }
    truePositives = count(right, actual)
    falsePositives = count(wrong, predicted)
    falseNegatives = count(wrong, actual)
    // Whatever is another class and was not mistaken for this one. Exactly 0 if there are no
    // others; rounded weights must not make it negative.
    let support = truePositives + falseNegatives
    trueNegatives = maximum(support.sum() - support - falsePositives, 0)
  }

  private init(_ counts: ConfusionCounts, _ transform: (Tensor) -> Tensor) {
    truePositives = transform(counts.truePositives)
    falsePositives = transform(counts.falsePositives)
    falseNegatives = transform(counts.falseNegatives)
    trueNegatives = transform(counts.trueNegatives)
  }

  /// The state with another batch's decisions.
  static func adding(
    to state: Parameters, _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?,
    _ decision: Decision, operation: String
  ) -> Parameters {
    do throws(OperationError) {
      let counts = try ConfusionCounts(
        targets, predictions, weights, decision, operation: operation)
      return state.combined(with: counts.state) { ($0 + $1).spelled(operation, $0, $1) }
    } catch {
      return state.mapValues { _ in Tensor(invalid: error) }
    }
  }

  private init(
    _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?, _ decision: Decision,
    operation: String
  ) throws(OperationError) {
    if case .labels(let threshold) = decision {
      let labels = try LabelDecisions(
        targets, predictions, threshold: threshold, operation: operation)
      self = try ConfusionCounts(labels, weights, operation: operation)
      return
    }
    let classes = try ClassDecisions(targets, predictions, decision, operation: operation)
    self =
      classes.isBinary
      ? try ConfusionCounts(LabelDecisions(classes), weights, operation: operation)
      : try ConfusionCounts(classes, weights, operation: operation)
  }

  private var state: Parameters {
    [
      "true_positives": truePositives, "false_positives": falsePositives,
      "false_negatives": falseNegatives, "true_negatives": trueNegatives,
    ]
  }

  /// How often each occurs in the targets.
  var support: Tensor { truePositives + falseNegatives }

  /// The counts of all classes together, `[1]`.
  var together: ConfusionCounts {
    ConfusionCounts(self) { $0.sum().reshaped(to: [1]) }
  }

  /// The average of quotients of counts; not-a-number without examples.
  ///
  /// - Parameters:
  ///   - leavesOutAbsent: Whether a mean is over those classes alone that occur.
  ///   - terms: The dividend and the divisor; 0 divided by 0 is 0.
  func averaged(
    _ averaging: Averaging, leavesOutAbsent: Bool,
    _ terms: (ConfusionCounts) -> (dividend: Tensor, divisor: Tensor)
  ) -> Tensor {
    let counts = averaging == .micro ? together : ConfusionCounts(self) { $0.flattened() }
    let (dividend, divisor) = terms(counts)
    let occurring = counts.support + counts.falsePositives
    let value = averaging(
      quotient(dividend, divisor), support: counts.support,
      included: leavesOutAbsent ? notEqual(occurring, 0) : nil, unsupported: 0)
    let total = (occurring + counts.trueNegatives).sum()
    return select(equal(total, 0), Double.nan, value)
  }
}

extension Metric {
  /// A metric that is a quotient of counts of right and wrong decisions.
  static func ofDecisions(
    _ name: String, operation: String, _ averaging: Averaging, _ decision: Decision,
    _ terms: @escaping @Sendable (ConfusionCounts) -> (dividend: Tensor, divisor: Tensor)
  ) -> Metric {
    Metric(
      name, initialize: { ConfusionCounts.initialState },
      accumulate: {
        ConfusionCounts.adding(to: $0, $1, $2, $3, decision, operation: operation)
      },
      finalize: { state in
        var leavesOutAbsent = true
        if case .labels = decision { leavesOutAbsent = false }
        return ConfusionCounts(state).averaged(
          averaging, leavesOutAbsent: leavesOutAbsent, terms)
      })
  }

  /// A metric that is one of the counts of right and wrong decisions.
  static func ofCount(
    _ name: String, operation: String, perClass: Bool, _ decision: Decision,
    _ count: @escaping @Sendable (ConfusionCounts) -> Tensor
  ) -> Metric {
    Metric(
      name, initialize: { ConfusionCounts.initialState },
      accumulate: {
        ConfusionCounts.adding(to: $0, $1, $2, $3, decision, operation: operation)
      },
      finalize: {
        let counts = count(ConfusionCounts($0))
        return perClass ? counts.flattened() : counts.sum()
      })
  }
}
