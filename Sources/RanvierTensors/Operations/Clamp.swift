/// Elements limited to an interval, whose ends may be tensors too, broadcasting:
/// `minimum(maximum(x, low), high)`.
///
/// Not-a-number among the operands gives not-a-number, and where `low` is above `high` the result is
/// `high`. The derivative belongs to whichever of the three the result is; where an element equals
/// an end each of both gets half of it.
public func clamp(
  _ x: some TensorOperand, _ low: some TensorOperand, _ high: some TensorOperand
) -> Tensor {
  minimum(maximum(x, low), high).spelled("clamp", x, low, high)
}
