internal import Foundation

/// A matrix of doubles with the textbook algorithms, on which reference evaluations work.
package struct ReferenceMatrix: Sendable {
  var rows: Int
  var columns: Int
  /// Row by row.
  var elements: [Double]

  init(_ rows: Int, _ columns: Int, at element: (Int, Int) -> Double) {
    self.rows = rows
    self.columns = columns
    elements = []
    for row in 0 ..< rows {
      for column in 0 ..< columns { elements.append(element(row, column)) }
    }
  }

  /// One matrix of an array's last two axes.
  init(_ index: Int, of array: ReferenceArray, batch: Int) {
    rows = array.shape[-2]
    columns = array.shape[-1]
    let count = array.elements.count / batch
    elements = Array(array.elements[index * count ..< (index + 1) * count])
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  static func identity(_ size: Int) -> ReferenceMatrix {
    ReferenceMatrix(size, size) { $0 == $1 ? 1 : 0 }
  }

  var transposed: ReferenceMatrix { ReferenceMatrix(columns, rows) { self[$1, $0] } }

  var symmetricPart: ReferenceMatrix {
    ReferenceMatrix(rows, rows) { (self[$0, $1] + self[$1, $0]) / 2 }
  }

  static func * (first: ReferenceMatrix, second: ReferenceMatrix) -> ReferenceMatrix {
    ReferenceMatrix(first.rows, second.columns) { row, column in
      (0 ..< first.columns).reduce(0) { $0 + first[row, $1] * second[$1, column] }
    }
  }

  func column(_ index: Int) -> [Double] { (0 ..< rows).map { self[$0, index] } }

  init(columns vectors: [[Double]], rows: Int) {
    self.init(rows, vectors.count) { vectors[$1][$0] }
  }

  /// The determinant, and the solution for a right-hand side, by elimination with row exchanges.
  func eliminated(_ right: ReferenceMatrix) -> (determinant: Double, solution: ReferenceMatrix?) {
    var (a, b, determinant) = (self, right, 1.0)
    for step in 0 ..< rows {
      let pivot = (step ..< rows).max { abs(a[$0, step]) < abs(a[$1, step]) } ?? step
      if a[pivot, step] == 0 { return (0, nil) }
      if pivot != step {
        determinant.negate()
        for column in 0 ..< rows { swap(&a, (pivot, column), (step, column)) }
        for column in 0 ..< b.columns { swap(&b, (pivot, column), (step, column)) }
      }
      determinant *= a[step, step]
      for row in 0 ..< rows where row != step {
        let factor = a[row, step] / a[step, step]
        for column in 0 ..< rows { a[row, column] -= factor * a[step, column] }
        for column in 0 ..< b.columns { b[row, column] -= factor * b[step, column] }
      }
    }
    return (determinant, ReferenceMatrix(rows, b.columns) { b[$0, $1] / a[$0, $0] })
  }

  private func swap(_ matrix: inout ReferenceMatrix, _ first: (Int, Int), _ second: (Int, Int)) {
    let kept = matrix[first.0, first.1]
    matrix[first.0, first.1] = matrix[second.0, second.1]
    matrix[second.0, second.1] = kept
  }

  /// Columns made orthonormal one after the other, from the first on; columns of the identity
  /// complete them.
  func orthonormalized(count: Int) -> ReferenceMatrix {
    var basis: [[Double]] = []
    let candidates =
      (0 ..< columns).map { column($0) }
      + (0 ..< rows).map { ReferenceMatrix.identity(rows).column($0) }
    for (index, candidate) in candidates.enumerated() where basis.count < count {
      var vector = candidate
      // Twice, since once leaves what rounding has added.
      for _ in 0 ..< 2 {
        for other in basis {
          let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          vector = zip(vector, other).map { $0 - share * $1 }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if index >= columns && length < 1e-3 { continue }
      vector = vector.map { $0 / length }
      basis.append(index < columns ? vector : vector.map { $0 * ReferenceMatrix.sign(of: vector) })
    }
    return ReferenceMatrix(columns: basis, rows: rows)
  }

  /// The sign that makes a vector's largest component positive, the first of those nearly as large.
  static func sign(of vector: [Double]) -> Double {
    let largest = vector.map { abs($0) }.max() ?? 0
    return vector.first { abs($0) >= 0.9 * largest }.map { $0 < 0 ? -1 : 1 } ?? 1
  }

  /// Singular value decomposition by rotations that make columns orthogonal (Jacobi): columns of
  /// `u`, singular values in decreasing order, columns of `v`.
  func singularValues() -> (u: ReferenceMatrix, s: [Double], v: ReferenceMatrix) {
    if rows < columns {
      let (v, s, u) = transposed.singularValues()
      return ReferenceMatrix.oriented(u, s, v)
    }
    var (a, v) = (self, ReferenceMatrix.identity(columns))
    for _ in 0 ..< 40 {
      for first in 0 ..< columns {
        for second in first + 1 ..< Swift.max(columns, first + 1) {
          let (x, y) = (a.column(first), a.column(second))
          let alpha = x.reduce(0) { $0 + $1 * $1 }
          let beta = y.reduce(0) { $0 + $1 * $1 }
          let gamma = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
          if gamma == 0 { continue }
          let angle = 0.5 * atan2(2 * gamma, alpha - beta)
          a.rotate(first, second, angle)
          v.rotate(first, second, angle)
        }
      }
    }
    let lengths = (0 ..< columns).map { a.column($0).reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let order = lengths.indices.sorted { lengths[$0] > lengths[$1] }
    let u = order.map { index in a.column(index).map { $0 / lengths[index] } }
    return ReferenceMatrix.oriented(
      ReferenceMatrix(columns: u, rows: rows), order.map { lengths[$0] },
      ReferenceMatrix(columns: order.map { v.column($0) }, rows: columns))
  }

  private static func oriented(
    _ u: ReferenceMatrix, _ s: [Double], _ v: ReferenceMatrix
  ) -> (u: ReferenceMatrix, s: [Double], v: ReferenceMatrix) {
    let signs = s.indices.map { sign(of: u.column($0)) }
    return (
      ReferenceMatrix(u.rows, u.columns) { u[$0, $1] * signs[$1] }, s,
      ReferenceMatrix(v.rows, v.columns) { v[$0, $1] * signs[$1] }
    )
  }

  /// Eigenvalues in increasing order and eigenvectors of a symmetric matrix, by rotations (Jacobi).
  func symmetricEigen() -> (values: [Double], vectors: ReferenceMatrix) {
    var (a, v) = (self, ReferenceMatrix.identity(rows))
    for _ in 0 ..< 40 {
      for first in 0 ..< rows {
        for second in first + 1 ..< Swift.max(rows, first + 1) where a[first, second] != 0 {
          let angle = 0.5 * atan2(2 * a[first, second], a[first, first] - a[second, second])
          a.rotate(first, second, angle)
          a = a.transposed
          a.rotate(first, second, angle)
          v.rotate(first, second, angle)
        }
      }
    }
    let order = (0 ..< rows).sorted { a[$0, $0] < a[$1, $1] }
    let vectors = order.map { index in
      let vector = v.column(index)
      return vector.map { $0 * ReferenceMatrix.sign(of: vector) }
    }
    return (order.map { a[$0, $0] }, ReferenceMatrix(columns: vectors, rows: rows))
  }

  private mutating func rotate(_ first: Int, _ second: Int, _ angle: Double) {
    for row in 0 ..< rows {
      let (x, y) = (self[row, first], self[row, second])
      self[row, first] = cos(angle) * x + sin(angle) * y
      self[row, second] = cos(angle) * y - sin(angle) * x
    }
  }
}
