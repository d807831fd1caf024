internal import RanvierTensors

extension Initializer {
  /// Random matrices whose rows or columns, whichever are fewer, are orthonormal: products with
  /// them keep lengths, so signals neither grow nor fade over many steps.
  ///
  /// All axes but the last count as rows. Every such matrix is equally likely.
  ///
  /// - Source: Saxe, McClelland & Ganguli 2013, arXiv:1312.6120.
  public static let orthogonal = Initializer("orthogonal") { shape, key, type, _ in
    guard shape.rank > 0, shape.count > 0 else {
      return key.normal(shape, elementType: type)
    }
    let (rows, columns) = (shape.count / shape[-1], shape[-1])
    let tall: Shape = rows >= columns ? [rows, columns] : [columns, rows]
    // The diagonal of R is positive, which makes Q uniformly distributed.
    let q = qr(key.normal(tall, elementType: type)).q
    return (rows >= columns ? q : q.transposed()).reshaped(to: shape)
  }
}
