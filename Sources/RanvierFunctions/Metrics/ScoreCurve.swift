internal import RanvierTensors

/// How many "yes" and "no" lie above each threshold, in `f64` and from the highest threshold down:
/// `[labels, points]`.
struct ScoreCurve {
  /// How much "yes" and "no" weigh at each point.
  let positives: Tensor
  let negatives: Tensor
  /// How much they weigh at each point and before, all points of equal score included.
  let truePositives: Tensor
  let falsePositives: Tensor

  /// The curve of scores that fall into intervals.
  init(positives: Tensor, negatives: Tensor) {
    (self.positives, self.negatives) = (positives, negatives)
    truePositives = positives.cumulativeSum()
    falsePositives = negatives.cumulativeSum()
  }

  /// The curve of examples: scores `[labels, n]` and truth values, weights `[n]`.
  init(scores: Tensor, truths: Tensor, weights: Tensor) {
    let order = scores.sortedPositions(descending: true)
    let sorted = scores.gatheredElements(at: order)
    let truths = truths.gatheredElements(at: order)
    let weights = weights.broadcast(to: scores.shape).gatheredElements(at: order)
    // A score that is not a number has no place; what is left out needs none.
    let counts = select(bitwiseAnd(isNaN(sorted), notEqual(weights, 0)), Double.nan, weights)
    positives = counts * truths.cast(to: .float64)
    negatives = counts * bitwiseNot(truths).cast(to: .float64)
    let ends = ScoreCurve.endsOfEqualScores(sorted)
    // Sums only grow, so that the smallest later one at an end is that of the next end.
    func sums(_ counts: Tensor) -> Tensor {
      select(ends, counts.cumulativeSum(), Double.infinity).cumulativeMinimum(reversed: true)
    }
    truePositives = sums(positives)
    falsePositives = sums(negatives)
  }

  /// Whether the next score differs.
  private static func endsOfEqualScores(_ sorted: Tensor) -> Tensor {
    let (labels, count) = (sorted.shape[0], sorted.shape[1])
    let last = Tensor.ones([labels, 1], elementType: .bool)
    if count < 2 { return last }
    let changes = notEqual(sorted[.all, 1 ..< count], sorted[.all, 0 ..< (count - 1)])
    return Tensor(concatenating: [changes, last], alongAxis: 1)
  }
}

extension Metric {
  /// A metric that is an area under a curve over all thresholds.
  ///
  /// - Parameter area: The area of each label, `[labels]`.
  static func ofCurve(
    _ name: String, operation: String, _ points: CurvePoints, _ averaging: Averaging,
    _ area: @escaping @Sendable (ScoreCurve) -> Tensor
  ) -> Metric {
    @Sendable func average(_ curve: ScoreCurve) -> Tensor {
      averaging(area(curve), support: curve.positives.sum(alongAxes: [-1]))
    }
    @Sendable func scored(
      _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?
    ) throws(OperationError) -> ScoredExamples {
      let examples = try ScoredExamples(targets, predictions, weights, operation: operation)
      return averaging == .micro ? examples.together : examples
    }
    switch points {
    case .all:
      return Metric(
        name, initialize: { Parameters() },
        measure: { targets, predictions, weights in
          do throws(OperationError) {
            return ScoreChunks([try scored(targets, predictions, weights)]).state
          } catch {
            return ScoreChunks.state(of: error)
          }
        },
        merge: { ScoreChunks($0).merged(with: ScoreChunks($1)).state },
        finalize: { state in
          ScoreChunks(state).value { average($0.curve) }
        })
    case .thresholds(let count):
      guard count > 1, Shape([count]).defect == nil else {
        return wrong(name, operation, "2 thresholds or more", got: "\(count)")
      }
      let zero = Tensor(0.0)
      return Metric(
        name, initialize: { ["positives": zero, "negatives": zero] },
        measure: { targets, predictions, weights in
          do throws(OperationError) {
            return try scored(targets, predictions, weights).histograms(count)
          } catch {
            return ["positives": Tensor(invalid: error), "negatives": Tensor(invalid: error)]
          }
        },
        merge: { $0.combined(with: $1) { $0 + $1 } },
        finalize: { state in
          let (positives, negatives) = (state["positives"], state["negatives"])
          if positives.error != nil { return positives }
          guard positives.rank == 2 else { return Tensor(Double.nan) }
          return average(ScoreCurve(positives: positives, negatives: negatives))
        })
    }
  }
}
