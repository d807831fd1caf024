internal import CKernels

/// The product of elements along axes; 1 for none.
package struct ProductReduction: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "product" }
  package var spelling: String { "product(alongAxes:)" }
  package var reductionCode: UInt32 { CK_REDUCE_PRODUCT.rawValue }

  package func pullback(_ application: Application) -> [Tensor?] {
    let x = application.operand
    let cotangent = restoringAxes(application.cotangent, of: x.shape)
    guard let last = axes.last else { return [cotangent] }
    guard x.shape.count > 0 else { return [cotangent.broadcast(to: x.shape)] }
    // The product of all other elements, without division, so that zeros do no harm: those before
    // times those after, on the reduced axes joined to one at the end.
    let kept = (0 ..< x.rank).filter { !axes.contains($0) }
    let order = kept + axes
    let isInPlace = axes.count == 1
    let joined =
      isInPlace
      ? x
      : x.transposed(permutation: order)
        .reshaped(to: Shape(kept.map { x.shape[$0] } + [axes.reduce(1) { $0 * x.shape[$1] }]))
    let axis = isInPlace ? last : kept.count
    let before = joined.cumulativeProduct(alongAxis: axis)
      .shifted(alongAxis: axis, isReversed: false, entering: 1)
    let after = joined.cumulativeProduct(alongAxis: axis, reversed: true)
      .shifted(alongAxis: axis, isReversed: true, entering: 1)
    let others = before * after
    if isInPlace { return [cotangent * others] }
    var inverse = [Int](repeating: 0, count: x.rank)
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    return [
      cotangent
        * others.reshaped(to: Shape(order.map { x.shape[$0] })).transposed(permutation: inverse)
    ]
  }

  package func combine(_ first: Double, _ second: Double) -> Double { first * second }
  package func identity(_ type: ElementType) -> Double { 1 }

  package static var samples: [PrimitiveSample] {
    // Zeros among the elements are where derivatives by division would fail.
    commonSamples(.uniform(-2, 2)) + [
      PrimitiveSample(ProductReduction(axes: [1]), [.init([9, 4], .integers(-1, 1))]),
      PrimitiveSample(ProductReduction(axes: [0, 2]), [.init([2, 5, 2], .integers(0, 2))]),
      PrimitiveSample(ProductReduction(axes: [0, 1]), [.init([2, 3, 4], .integers(0, 2))]),
    ]
  }
}

extension Tensor {
  /// The product of the elements along axes (all by default); 1 for none.
  ///
  /// Integers wrap, truth values are multiplied as `i32`, and not-a-number stays. Derivatives are
  /// right for zeros among the elements too.
  public func product(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    if elementType == .bool {
      return cast(to: .int32).product(alongAxes: axes, keepingAxes: keepingAxes)
    }
    return reduced(
      by: ProductReduction.self, alongAxes: axes, keepingAxes: keepingAxes,
      spelling: "product(alongAxes:)")
  }
}
