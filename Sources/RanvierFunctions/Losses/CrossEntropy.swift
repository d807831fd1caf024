internal import RanvierTensors

/// What the losses over classes have in common: targets in two forms, weights of classes, smoothing.
struct CrossEntropy {
  let loss: String
  var classWeights: Tensor?
  var labelSmoothing = 0.0

  /// The losses of logarithms of probabilities, weighted and reduced.
  ///
  /// - Parameter logarithms: Makes logarithms of predictions in the type in which losses are
  ///   computed.
  func callAsFunction(
    _ targets: Tensor, _ predictions: Tensor, weights: Tensor?, reduction: Reduction,
    _ logarithms: (Tensor) -> Tensor
  ) -> Tensor {
    do throws(OperationError) {
      if let error = targets.error ?? predictions.error { throw error }
      guard predictions.rank > 0 else {
        throw OperationError(
          operation: loss, rule: "predictions with a class axis",
          got: "targets \(targets.type), predictions \(predictions.type)")
      }
      if let wrong = wrongSmoothing(loss, labelSmoothing) { _ = try wrong.validated() }
      let computed = leavingOut(LossOperands.computable(predictions), weights)
      let (losses, counts) = try self.losses(leavingOut(targets, weights), logarithms(computed))
      return reduction(losses, weights: weights, counts: counts).spelled(loss, weights ?? targets)
    } catch {
      return Tensor(invalid: error)
    }
  }

  private func losses(
    _ targets: Tensor, _ logarithms: Tensor
  ) throws(OperationError) -> (losses: Tensor, counts: Tensor?) {
    let classWeights = try checkedClassWeights(logarithms)
    if targets.shape == logarithms.shape {
      return losses(
        ofDistributions: targets.cast(to: logarithms.elementType), logarithms, classWeights)
    }
    let batch = Shape(Array(logarithms.shape.sizes.dropLast()))
    guard targets.shape == batch, targets.elementType.isInteger else {
      throw wrongTargets(targets, logarithms, batch)
    }
    let size = logarithms.shape[-1]
    // Classes that do not fit into 32 bits are unknown ones.
    let classes = targets.cast(to: .int32).expandedDimension(at: -1)
    let known = isClass(targets, count: size)
    if classWeights == nil, labelSmoothing == 0, size > 0 {
      let chosen = logarithms.gatheredElements(at: classes, alongAxis: -1).squeezed(axes: [-1])
      return (select(known, -chosen, Double.nan), nil)
    }
    let chosen = equal(classes, Tensor.range(size, elementType: .int32))
    let (losses, counts) = losses(
      ofDistributions: chosen.cast(to: logarithms.elementType), logarithms, classWeights)
    return (select(known, losses, Double.nan), counts)
  }

  private func losses(
    ofDistributions targets: Tensor, _ logarithms: Tensor, _ classWeights: Tensor?
  ) -> (losses: Tensor, counts: Tensor?) {
    let classes = logarithms.shape[-1]
    var factors =
      labelSmoothing == 0 ? targets : smoothed(targets, labelSmoothing, classes: classes)
    if let classWeights { factors = factors * classWeights }
    return (
      -expected(factors, logarithms).sum(alongAxes: [-1]),
      classWeights.map { (targets * $0).sum(alongAxes: [-1]) }
    )
  }

  private func checkedClassWeights(_ logarithms: Tensor) throws(OperationError) -> Tensor? {
    guard let classWeights else { return nil }
    let weights = try classWeights.validated()
    guard weights.shape == [logarithms.shape[-1]] else {
      throw OperationError(
        operation: loss, rule: "one weight for each of \(logarithms.shape[-1]) classes",
        got: "class weights \(weights.type)")
    }
    return weights.cast(to: logarithms.elementType)
  }

  /// The error for targets that are neither distributions nor classes.
  func wrongTargets(
    _ targets: Tensor, _ predictions: Tensor, _ batch: Shape
  ) -> OperationError {
    var hint = "the model's output has \(predictions.shape[-1]) classes"
    if targets.shape == batch {
      hint = "classes are integers: targets.cast(to: .int32)"
    } else if targets.shape.sizes == batch.sizes + [1] {
      hint = "remove the targets' last axis: targets.squeezed(axes: [-1])"
    } else if targets.rank > 0, targets.shape[0] != predictions.shape[0] {
      hint = "the batches differ in size"
    }
    return OperationError(
      operation: loss,
      rule: "targets of shape \(predictions.shape), or classes as integers of shape \(batch)",
      got: "targets \(targets.type), predictions \(predictions.type)", hint: hint)
  }
}
