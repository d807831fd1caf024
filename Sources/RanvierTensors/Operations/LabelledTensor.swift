/// A tensor whose axes are the indices of a sum of products: axes with one label are one index.
struct LabelledTensor {
  var tensor: Tensor
  /// The label of each axis, each once.
  var labels: [Int]

  /// The size of an axis.
  func size(_ label: Int) -> Int {
    labels.firstIndex(of: label).map { tensor.shape[$0] } ?? 1
  }

  /// The product of the sizes of axes.
  func size(_ some: [Int]) -> Int { some.reduce(1) { $0 * size($1) } }

  /// The tensor with its axes in the order of their labels.
  func ordered(_ order: [Int]) -> Tensor {
    tensor.transposed(permutation: order.compactMap { labels.firstIndex(of: $0) })
  }

  /// The tensor with its axes in the order of their labels, and axes of size 1 for labels that it
  /// does not have.
  func aligned(_ order: [Int]) -> Tensor {
    ordered(order.filter(labels.contains)).reshaped(to: Shape(order.map { size($0) }))
  }

  /// The sum over all indices but some.
  func summed(keeping kept: Set<Int>) -> LabelledTensor {
    let axes = labels.indices.filter { !kept.contains(labels[$0]) }
    if axes.isEmpty { return self }
    return LabelledTensor(
      tensor: tensor.sum(alongAxes: axes), labels: labels.filter(kept.contains))
  }

  /// The product with another tensor, summed over the indices that both have and that are not
  /// kept.
  ///
  /// What only one of them has must be kept. The result's axes are in no particular order: the one that costs least.
  func product(with other: LabelledTensor, keeping kept: Set<Int>) -> LabelledTensor {
    let shared = labels.filter(other.labels.contains)
    let contracted = shared.filter { !kept.contains($0) }
    if contracted.isEmpty {
      // Nothing is summed: an element-wise product, which can be fused with others.
      let order = labels + other.labels.filter { !labels.contains($0) }
      return LabelledTensor(tensor: aligned(order) * other.aligned(order), labels: order)
    }
    let free = (
      labels.filter { !other.labels.contains($0) }, other.labels.filter { !labels.contains($0) }
    )
    let theirs = other.labels.filter(labels.contains)
    let batches = [shared.filter(kept.contains), theirs.filter(kept.contains)]
    let sums = [contracted, theirs.filter { !kept.contains($0) }]

    // A matrix product takes each operand either way round, and batch and summed indices may come
    // in any order that is common to both: whatever needs the least transposition.
    var best: (cost: Int, plan: ContractionPlan)?
    for batch in batches {
      for sum in sums {
        for transposesLeft in [false, true] {
          for transposesRight in [false, true] {
            let plan = ContractionPlan(
              left: batch + (transposesLeft ? sum + free.0 : free.0 + sum),
              right: batch + (transposesRight ? free.1 + sum : sum + free.1),
              batch: batch, sum: sum, transposesLeft: transposesLeft,
              transposesRight: transposesRight)
            let cost =
              (plan.left == labels ? 0 : tensor.count)
              + (plan.right == other.labels ? 0 : other.tensor.count)
            if best.map({ cost < $0.cost }) ?? true { best = (cost, plan) }
          }
        }
      }
    }
    guard let plan = best?.plan else { return self }
    let batch = plan.batch.isEmpty ? [] : [size(plan.batch)]
    let (rows, columns, depth) = (size(free.0), other.size(free.1), size(plan.sum))
    let left = ordered(plan.left).reshaped(
      to: Shape(batch + (plan.transposesLeft ? [depth, rows] : [rows, depth])))
    let right = other.ordered(plan.right).reshaped(
      to: Shape(batch + (plan.transposesRight ? [columns, depth] : [depth, columns])))
    let product: Tensor = apply(
      MatrixProduct(
        transposesLeft: plan.transposesLeft, transposesRight: plan.transposesRight), [left, right])
    let order = plan.batch + free.0 + free.1
    let sizes = (plan.batch + free.0).map { size($0) } + free.1.map { other.size($0) }
    return LabelledTensor(tensor: product.reshaped(to: Shape(sizes)), labels: order)
  }
}

/// How a product of two labelled tensors becomes a product of matrices.
private struct ContractionPlan {
  /// The order of each operand's axes.
  var left: [Int]
  var right: [Int]
  var batch: [Int]
  var sum: [Int]
  var transposesLeft: Bool
  var transposesRight: Bool
}
