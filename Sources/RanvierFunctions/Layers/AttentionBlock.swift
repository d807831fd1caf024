internal import RanvierTensors

/// Attention of heads that lie side by side in each token, which reads them where they lie and keeps
/// scores of one block of queries at a time.
///
/// - Shapes: query `[..., queries, heads, share]`, key `[..., keys, heads, share]`, value `[..., keys,
///   heads, outputs]`, of one type and with equal leading axes, or one tensor `[..., tokens,
///   3 * heads, share]` of all three; mask broadcasting to `[..., heads, queries, keys]`; result
///   `[..., queries, heads, outputs]`.
/// - Parameters:
///   - tensors: Query, key and value, or the one tensor.
///   - isPacked: Whether there is one tensor.
///   - mask: Truth values, true where a query may attend to a key.
///   - isCausal: Whether query i attends to keys 0 to i only.
///   - scale: Multiplies the products of queries and keys.
func attentionBlock(
  _ tensors: [Tensor], isPacked: Bool, mask: Tensor?, isCausal: Bool, scale: Double
) -> Tensor {
  let leading = tensors[0].shape.sizes.dropLast(3)
  let batch = leading.reduce(1, *)
  var operands = tensors.map { $0.reshaped(to: Shape([batch] + $0.shape.sizes.suffix(3))) }
  if let mask { operands.append(blockMask(mask, leading: leading, batch: batch)) }
  let attention = Attention(
    isPacked: isPacked, isCausal: isCausal, hasMask: mask != nil, scale: scale)
  let output = applyAll(attention, operands)[0]
  if output.error != nil { return output }
  return output.reshaped(to: Shape(leading + output.shape.sizes.suffix(3)))
}

/// A mask with four axes, leading ones as one; axes that it lacks have the size 1 where they can.
private func blockMask(_ mask: Tensor, leading: ArraySlice<Int>, batch: Int) -> Tensor {
  let missing = [Int](repeating: 1, count: leading.count + 3 - mask.rank)
  let sizes = missing + mask.shape.sizes
  let (outer, inner) = (sizes.dropLast(3), Array(sizes.suffix(3)))
  if outer.allSatisfy({ $0 == 1 }) { return mask.reshaped(to: Shape([1] + inner)) }
  return mask.reshaped(to: Shape(sizes)).broadcast(to: Shape(leading + inner))
    .reshaped(to: Shape([batch] + inner))
}
