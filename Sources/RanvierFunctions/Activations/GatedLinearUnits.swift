public import RanvierTensors

/// Which half of a tensor opens and closes a gate for the other half.
public enum GateHalf: Sendable, Hashable {
  /// The first half is the gate, as in fused kernels of language models.
  case first
  /// The second half is the gate, as in PyTorch's `glu`.
  case second
}

/// The gated linear unit: one half of an axis times the sigmoid of the other half.
///
/// `a * sigmoid(b)` for halves a and b of x, if the second one is the gate.
///
/// - Shapes: x `[..., 2n, ...]`, result `[..., n, ...]`.
/// - Parameters:
///   - x: Both halves, one after the other along the axis.
///   - axis: The axis.
///   - gate: Which half goes through the sigmoid.
/// - Source: Dauphin, Fan, Auli & Grangier 2016, arXiv:1612.08083.
public func glu(_ x: Tensor, alongAxis axis: Int = -1, gate: GateHalf = .second) -> Tensor {
  gated("glu", x, alongAxis: axis, gate) { $0 * sigmoid($1) }
}

/// The gated linear unit with ``silu(_:)`` in place of the sigmoid.
///
/// `a * silu(b)` for halves a and b of x, if the second one is the gate.
///
/// - Shapes: x `[..., 2n, ...]`, result `[..., n, ...]`.
/// - Parameters:
///   - x: Both halves, one after the other along the axis.
///   - axis: The axis.
///   - gate: Which half goes through the activation.
/// - Source: Shazeer 2020, arXiv:2002.05202.
public func swiglu(_ x: Tensor, alongAxis axis: Int = -1, gate: GateHalf = .second) -> Tensor {
  gated("swiglu", x, alongAxis: axis, gate) { $0 * silu($1) }
}

/// The gated linear unit with ``gelu(_:)`` in place of the sigmoid.
///
/// `a * gelu(b)` for halves a and b of x, if the second one is the gate.
///
/// - Shapes: x `[..., 2n, ...]`, result `[..., n, ...]`.
/// - Parameters:
///   - x: Both halves, one after the other along the axis.
///   - axis: The axis.
///   - gate: Which half goes through the activation.
/// - Source: Shazeer 2020, arXiv:2002.05202.
public func geglu(_ x: Tensor, alongAxis axis: Int = -1, gate: GateHalf = .second) -> Tensor {
  gated("geglu", x, alongAxis: axis, gate) { $0 * gelu($1) }
}

/// A function of the half that is let through and of the gate.
func gated(
  _ spelling: String, _ x: Tensor, alongAxis axis: Int, _ gate: GateHalf,
  function: (_ value: Tensor, _ gate: Tensor) -> Tensor
) -> Tensor {
  do throws(OperationError) {
    let position = try x.normalizedAxes([axis], operation: spelling)[0]
    guard x.shape[position].isMultiple(of: 2) else {
      throw OperationError(
        operation: spelling, rule: "an axis of even size, whose halves are values and gates",
        got: "axis \(position) of shape \(x.shape)")
    }
    return composed(spelling, x) { operands in
      let halves = equalParts(operands[0], 2, alongAxis: position)
      return gate == .first ? function(halves[1], halves[0]) : function(halves[0], halves[1])
    }
  } catch {
    return Tensor(invalid: error)
  }
}
