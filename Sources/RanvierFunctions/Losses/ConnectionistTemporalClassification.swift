public import RanvierTensors

/// How improbable it is to read a sequence of labels from a longer sequence of predictions, whatever
/// its alignment: connectionist temporal classification.
///
/// A path gives each step a label or a blank; removing repetitions, then blanks, gives what is read.
/// The loss is `-log` of the sum of the probabilities of all paths that give the targets, computed
/// forward in time on logarithms.
///
/// - Shapes: predictions `[batch, steps, classes]`, targets (integers) `[batch, labels]`, lengths
///   (integers) `[batch]`, weights `[batch]`; the result is a scalar, `[batch]` for
///   ``Reduction/none``.
/// - Parameters:
///   - targets: Labels; what is behind the end of a sequence does not matter.
///   - predictions: Logarithms of probabilities, or logits.
///   - targetLengths: How many labels each target has; all by default.
///   - predictionLengths: How many steps of each prediction count; all by default.
///   - blank: The class that stands for no label.
///   - fromLogits: Whether predictions are logits.
///   - perLabel: Whether each loss is divided by the number of its labels (at least 1), as PyTorch
///     does in its mean.
///   - infiniteAsZero: Whether samples without any path, such as those with more labels than steps,
///     have the loss 0 rather than infinity. They have no gradient in either case.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
/// - Note: A length outside its axis, or a label before the end that is no class or the blank, gives
///   not-a-number, because elements may not be known yet when shapes are checked.
/// - Source: Graves et al., Connectionist Temporal Classification, 2006.
public func connectionistTemporalClassification(
  _ targets: Tensor, _ predictions: Tensor, targetLengths: Tensor? = nil,
  predictionLengths: Tensor? = nil, blank: Int = 0, fromLogits: Bool = false,
  perLabel: Bool = false, infiniteAsZero: Bool = false, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = "connectionistTemporalClassification"
  let lengths = [targetLengths, predictionLengths].compactMap { $0 }
  return reducedLoss(
    loss, of: [targets] + lengths + [predictions], keeping: 1 + lengths.count, weights: weights,
    reduction: reduction
  ) { operands throws(OperationError) in
    let alignment = try Alignment(
      loss, targets, operands.last ?? predictions, targetLengths, predictionLengths, blank)
    let computed = alignment.predictions
    let losses = alignment.losses(of: fromLogits ? logSoftmax(computed) : computed)
    let finite =
      infiniteAsZero ? select(equal(losses, Double.infinity), 0, losses) : losses
    let known = select(alignment.isKnown, finite, Double.nan)
    guard perLabel else { return known }
    return known / maximum(alignment.targetLengths, 1).cast(to: known.elementType)
  }
}

/// Targets with a blank before, between and behind their labels, and what may follow what.
private struct Alignment {
  let predictions: Tensor
  let targetLengths: Tensor
  let predictionLengths: Tensor
  /// Which samples have lengths and labels that exist, `[batch]`.
  let isKnown: Tensor
  /// The class at each position, `[batch, positions]`.
  private let classes: Tensor
  /// Whether a path may come from two positions before, past a blank, `[batch, positions]`.
  private let maySkip: Tensor

  init(
    _ loss: String, _ targets: Tensor, _ predictions: Tensor, _ targetLengths: Tensor?,
    _ predictionLengths: Tensor?, _ blank: Int
  ) throws(OperationError) {
    let given = [targetLengths, predictionLengths].compactMap { $0 }
    guard predictions.rank == 3, targets.rank == 2, targets.shape[0] == predictions.shape[0],
      given.allSatisfy({ $0.shape == [predictions.shape[0]] }),
      ([targets] + given).allSatisfy(\.elementType.isInteger)
    else {
      throw OperationError(
        operation: loss,
        rule: """
          predictions [batch, steps, classes], and integers: targets [batch, labels], lengths [batch]
          """,
        got: "targets \(targets.type), predictions \(predictions.type)"
          + given.map { ", lengths \($0.type)" }.joined())
    }
    let (batch, steps, size) = (
      predictions.shape[0], predictions.shape[1], predictions.shape[2]
    )
    guard (0 ..< size).contains(blank) else {
      throw OperationError(
        operation: loss, rule: "a blank among the classes, 0 ..< \(size)", got: "\(blank)")
    }
    let count = targets.shape[1]
    func lengths(_ tensor: Tensor?, _ all: Int) -> Tensor {
      tensor?.cast(to: .int64)
        ?? Tensor(repeating: Double(all), shape: [batch], elementType: .int64)
    }
    self.predictions = predictions
    self.targetLengths = lengths(targetLengths, count)
    self.predictionLengths = lengths(predictionLengths, steps)
    let labels = targets.cast(to: .int64)
    let isBehind = greaterOrEqual(
      Tensor.range(count, elementType: .int64), self.targetLengths.expandedDimension(at: -1))
    let isLabel = logicalAnd(
      notEqual(labels, Double(blank)),
      logicalAnd(greaterOrEqual(labels, 0), less(labels, Double(size))))
    func isInside(_ lengths: Tensor, _ limit: Int) -> Tensor {
      logicalAnd(greaterOrEqual(lengths, 0), lessOrEqual(lengths, Double(limit)))
    }
    isKnown = logicalAnd(
      logicalOr(isBehind, isLabel).all(alongAxes: [-1]),
      logicalAnd(isInside(self.targetLengths, count), isInside(self.predictionLengths, steps)))

    let blanks = Tensor(
      repeating: Double(blank), shape: [batch, count, 1], elementType: .int64)
    let pairs = Tensor(
      concatenating: [blanks, labels.expandedDimension(at: -1)], alongAxis: 2)
    classes = pairs.reshaped(to: [batch, 2 * count]).padded(
      [(before: 0, after: 0), (before: 0, after: 1)], with: Double(blank))
    let before = classes.padded(
      [(before: 0, after: 0), (before: 2, after: 0)], with: Double(blank)
    )[0..., 0 ..< 2 * count + 1]
    maySkip = logicalAnd(notEqual(classes, Double(blank)), notEqual(classes, before))
  }

  /// One loss for each sample of logarithms of probabilities `[batch, steps, classes]`.
  func losses(of logarithms: Tensor) -> Tensor {
    let (batch, steps) = (logarithms.shape[0], logarithms.shape[1])
    let positions = classes.shape[1]
    let type = logarithms.elementType
    let impossible = Tensor(-Double.infinity, elementType: type)
    let emissions = logarithms.gatheredElements(
      at: classes.expandedDimension(at: 1).broadcast(to: [batch, steps, positions]),
      alongAxis: -1)
    let isRunning = less(
      Tensor.range(steps, elementType: .int64).expandedDimension(at: -1), predictionLengths)
    // Before the first step every path is at the blank in front.
    let start = select(
      equal(Tensor.range(positions), 0), Tensor(0, elementType: type), impossible
    ).broadcast(to: [batch, positions])
    func moved(_ x: Tensor, by distance: Int) -> Tensor {
      x.padded(
        [(before: 0, after: 0), (before: distance, after: 0)], with: -Double.infinity
      )[0..., 0 ..< positions]
    }
    let last = scan(
      over: [emissions.swappedAxes(0, 1), isRunning.expandedDimension(at: -1)], from: start
    ) { paths, step in
      let ways = Tensor(
        stacking: [paths, moved(paths, by: 1), select(maySkip, moved(paths, by: 2), impossible)])
      return select(step[1], ways.logSumExp(alongAxes: [0]) + step[0], paths)
    }
    // A path ends with the last label, or the blank behind it.
    let end = targetLengths * 2
    let ends = Tensor(stacking: [end, maximum(end - 1, 0)], alongAxis: 1)
    let hasLabels = logicalOr(
      greater(targetLengths, 0).expandedDimension(at: -1), Tensor([true, false]))
    let values = select(hasLabels, last.gatheredElements(at: ends, alongAxis: -1), impossible)
    return -values.logSumExp(alongAxes: [-1])
  }
}
