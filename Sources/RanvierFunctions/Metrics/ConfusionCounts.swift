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
      let decisions = try LabelDecisions(targets, predictions, decision, operation: operation)
      let weights = try decisions.weights(weights, operation: operation).validated()
      let (actual, predicted) = (decisions.actual, decisions.predicted)
      let batchAxes = Array(0 ..< actual.rank - 1)
      func count(_ isCounted: Tensor) -> Tensor {
        // A product, so that weights that are not numbers reach every count.
        (isCounted.cast(to: .float64) * weights).sum(alongAxes: batchAxes)
      }
      let counts: Parameters = [
        "true_positives": count(bitwiseAnd(actual, predicted)),
        "false_positives": count(bitwiseAnd(predicted, bitwiseNot(actual))),
        "false_negatives": count(bitwiseAnd(actual, bitwiseNot(predicted))),
        "true_negatives": count(bitwiseNot(bitwiseOr(actual, predicted))),
      ]
      return state.combined(with: counts) { ($0 + $1).spelled(operation, $0, $1) }
    } catch {
      return state.mapValues { _ in Tensor(invalid: error) }
    }
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
