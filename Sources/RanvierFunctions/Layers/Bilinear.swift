public import RanvierTensors

/// Multiplies all pairs of two inputs' features by a kernel and adds a vector.
///
/// `y[..., o] = sum over i and j of x1[..., i] * kernel[o, i, j] * x2[..., j] + bias[o]`
///
/// - Shapes: first `[..., first inputs]`, second `[..., second inputs]` with equal other axes,
///   kernel `[outputs, first inputs, second inputs]`, bias `[outputs]`; result `[..., outputs]`.
/// - Note: The kernel's layout is that of PyTorch and Axon, ``KernelLayout/bilinear``.
public func bilinear(
  _ first: Tensor, _ second: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil
) -> Tensor {
  let tensors = [first, second, kernel] + [bias].compactMap { $0 }
  if let error = tensors.lazy.compactMap(\.error).first { return Tensor(invalid: error) }
  let rows = first.shape.sizes.dropLast()
  guard first.rank > 0, second.rank == first.rank, second.shape.sizes.dropLast() == rows,
    kernel.rank == 3, kernel.shape.sizes.dropFirst() == [first.shape[-1], second.shape[-1]]
  else {
    return Tensor(
      invalid: OperationError(
        operation: "bilinear",
        rule: """
          inputs [..., first] and [..., second] of equal other sizes and a kernel \
          [outputs, first, second]
          """,
        got: "inputs \(first.shape) and \(second.shape), kernel \(kernel.shape)"))
  }
  // All products of pairs, and one matrix product with them.
  let (count, outputs) = (rows.reduce(1, *), kernel.shape[0])
  let pairs = kernel.shape[1] * kernel.shape[2]
  let products = first.expandedDimension(at: -1) * second.expandedDimension(at: -2)
  let flat = matmul(
    products.reshaped(to: [count, pairs]), kernel.reshaped(to: [outputs, pairs]).transposed())
  let sum = addingBias(flat, bias, operation: "bilinear").spelled("bilinear")
  return sum.error == nil ? sum.reshaped(to: Shape(rows + [outputs])) : sum
}
