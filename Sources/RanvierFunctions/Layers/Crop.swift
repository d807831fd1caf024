public import RanvierTensors

/// A part of each image, by default from the middle.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, size..., channels]`.
/// - Parameters:
///   - x: The input.
///   - size: The part's size along each spatial axis.
///   - start: Where the part begins along each spatial axis; by default so that as much is left
///     before as behind, or one less.
public func crop(_ x: Tensor, to size: [Int], at start: [Int]? = nil) -> Tensor {
  do throws(OperationError) {
    let input = try x.spatialSizes("crop")
    let starts = start ?? zip(input, size).map { ($0 - $1) / 2 }
    guard size.count == input.count, starts.count == input.count,
      input.indices.allSatisfy({
        size[$0] > 0 && starts[$0] >= 0 && size[$0] <= input[$0]
          && starts[$0] <= input[$0] - size[$0]
      })
    else {
      throw OperationError(
        operation: "crop", rule: "a part within the spatial axes, with a size for each of them",
        got: "size \(size)\(start.map { " at \($0)" } ?? "") of x \(x.shape)")
    }
    return input.indices.reduce(x) { part, axis in
      part.sliced(starts[axis] ..< starts[axis] + size[axis], alongAxis: axis + 1)
    }
  } catch {
    return Tensor(invalid: error)
  }
}
