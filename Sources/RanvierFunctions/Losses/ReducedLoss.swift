internal import RanvierTensors

/// A loss of targets and predictions of one shape: checked, computed, weighted and reduced.
///
/// - Parameters:
///   - loss: The loss as users spell it.
///   - targets: Of the predictions' shape, of any type.
///   - predictions: What the model says.
///   - weights: How much each loss counts.
///   - reduction: What becomes of the losses.
///   - losses: One loss for each sample, of operands in the type in which losses are computed.
func reducedLoss(
  _ loss: String, _ targets: Tensor, _ predictions: Tensor, weights: Tensor?,
  reduction: Reduction, _ losses: (_ targets: Tensor, _ predictions: Tensor) -> Tensor
) -> Tensor {
  do {
    let operands = try LossOperands(targets, predictions, loss: loss)
    let (kept, keptTargets) = (
      leavingOut(operands.predictions, weights), leavingOut(operands.targets, weights)
    )
    return reduction(losses(keptTargets, kept), weights: weights)
      .spelled(loss, weights ?? targets)
  } catch {
    return Tensor(invalid: error)
  }
}

/// A loss that every element has: `losses` gives one for each, and unless `perElement` they are
/// averaged along the last axis.
func reducedLoss(
  _ loss: String, _ targets: Tensor, _ predictions: Tensor, weights: Tensor?, perElement: Bool,
  reduction: Reduction, _ losses: (_ targets: Tensor, _ predictions: Tensor) -> Tensor
) -> Tensor {
  reducedLoss(loss, targets, predictions, weights: weights, reduction: reduction) {
    let each = losses($0, $1)
    return perElement ? each : perSample(each)
  }
}

/// A loss of any number of operands: converted, checked, computed, weighted and reduced.
///
/// - Parameters:
///   - loss: The loss as users spell it.
///   - operands: Floating-point operands become `f64` if one of them is, otherwise `f32`; the
///     others are converted likewise unless they are kept.
///   - kept: How many of the first operands keep their types, such as integer targets.
///   - weights: How much each loss counts.
///   - reduction: What becomes of the losses.
///   - losses: One loss for each sample.
func reducedLoss(
  _ loss: String, of operands: [Tensor], keeping kept: Int = 0, weights: Tensor?,
  reduction: Reduction, _ losses: ([Tensor]) throws(OperationError) -> Tensor
) -> Tensor {
  do throws(OperationError) {
    for operand in operands { _ = try operand.validated() }
    let isDouble = operands.contains { $0.elementType == .float64 }
    let type: ElementType = isDouble ? .float64 : .float32
    let converted = operands.enumerated().map {
      $0 < kept ? $1 : leavingOut($1.cast(to: type), weights)
    }
    return reduction(try losses(converted), weights: weights)
      .spelled(loss, weights ?? Tensor(0))
  } catch {
    return Tensor(invalid: error)
  }
}

/// One loss for each sample from losses of elements: their mean along the last axis, unless that is
/// the batch.
func perSample(_ losses: Tensor) -> Tensor {
  losses.rank < 2 ? losses : losses.mean(alongAxes: [-1])
}

/// The error of an option of a loss that is not in its range, or nil.
func wrongOption(
  _ loss: String, _ rule: String, _ value: Double, isRight: Bool
) -> Tensor? {
  isRight ? nil : Tensor(invalid: OperationError(operation: loss, rule: rule, got: "\(value)"))
}
