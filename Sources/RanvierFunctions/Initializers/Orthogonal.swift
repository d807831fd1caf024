internal import RanvierTensors

extension Initializer {
  /// Random matrices whose rows or columns, whichever are fewer, are orthonormal: products with
  /// them keep lengths, so signals neither grow nor fade over many steps.
  ///
  /// All axes but the last count as rows, as in Keras. Every such matrix is equally likely.
  ///
  /// - Source: Saxe, McClelland & Ganguli 2013, arXiv:1312.6120.
  public static let orthogonal = Initializer.orthogonal(gain: 1)

  /// Random matrices whose rows or columns, whichever are fewer, are orthogonal to each other.
  ///
  /// - Parameter gain: The length of these rows or columns.
  public static func orthogonal(gain: Double) -> Initializer {
    Initializer("orthogonal", options: ["gain": gain]) { shape, key, type, options in
      guard shape.rank > 0, shape.count > 0 else {
        return key.normal(shape, elementType: type)
      }
      let matrix = orthogonalMatrix(shape.count / shape[-1], shape[-1], key, type)
      return matrix.reshaped(to: shape) * (options["gain"] ?? gain)
    }
  }
}

/// A random matrix whose rows or columns, whichever are fewer, are orthonormal.
func orthogonalMatrix(_ rows: Int, _ columns: Int, _ key: RandomKey, _ type: ElementType) -> Tensor
{
  let tall: Shape = rows >= columns ? [rows, columns] : [columns, rows]
  // The diagonal of R is positive, which makes Q uniformly distributed.
  let q = qr(key.normal(tall, elementType: type)).q
  return rows >= columns ? q : q.transposed()
}
