import RanvierTensors
import TestSupport
import Testing

/// What all primitives on batches of matrices have in common.
@Suite struct MatrixPrimitiveTests {
  static let types: [any Primitive.Type] = [
    CholeskyFactor.self, Cofactors.self, Determinant.self, LinearSolve.self, LogDeterminant.self,
    OrthogonalTriangular.self, PseudoInverse.self, SingularValues.self, SymmetricEigen.self,
    TriangularSolve.self,
  ]

  /// Operands of a primitive for matrices of given sizes.
  static func sample(
    _ primitive: any Primitive, _ batch: [Int], rows: Int, columns: Int
  ) -> PrimitiveSample {
    let isRectangular =
      primitive is OrthogonalTriangular || primitive is SingularValues
      || primitive is PseudoInverse
    let matrix = Shape(batch + [isRectangular ? rows : columns, columns])
    let operand = PrimitiveSample.Operand(matrix, .dominantDiagonal)
    let hasRight = primitive is LinearSolve || primitive is TriangularSolve
    return PrimitiveSample(
      primitive, [operand] + (hasRight ? [.init(Shape(batch + [columns, rows]))] : []))
  }

  @Test(arguments: types.indices)
  func `random shapes equal the reference`(_ index: Int) {
    let primitives = Set(
      MatrixPrimitiveTests.types[index].samples.map { AnyHashable($0.primitive) }
    ).compactMap { $0.base as? any Primitive }
    for round in 0 ..< 40 {
      var generator = TestGenerator(salt: "matrices \(round)")
      let batch = Shape.random(ranks: 0 ... 3, largest: 3, using: &generator).sizes
      let rows = Int.random(in: 0 ... 6, using: &generator)
      let columns = Int.random(in: 0 ... 6, using: &generator)
      for primitive in primitives {
        // Small cofactors of matrices with large ones have few digits.
        if primitive is Cofactors && columns > 3 { continue }
        // Two and more columns that complete a basis are not unique.
        let isComplete =
          (primitive as? OrthogonalTriangular)?.isComplete
          ?? (primitive as? SingularValues)?.isFull ?? false
        if isComplete && abs(rows - columns) > 1 { continue }
        let sample = MatrixPrimitiveTests.sample(primitive, batch, rows: rows, columns: columns)
        expectMatchesReference(sample, seed: testSeed &+ UInt64(round))
        expectMatchesReference(sample, as: .float32, seed: testSeed &+ UInt64(round))
      }
    }
  }

  @Test(arguments: types.indices)
  func `the batch rule equals one example after the other`(_ index: Int) {
    for (number, sample) in MatrixPrimitiveTests.types[index].samples.enumerated() {
      let count = sample.operands.count
      for mask in 1 ..< 1 << count {
        var generator = TestGenerator(salt: "\(sample) \(number) \(mask)")
        let isBatched = (0 ..< count).map { mask >> $0 & 1 == 1 }
        let operands = zip(sample.operands, isBatched).map { operand, isBatched in
          var operand = operand
          if isBatched { operand.type.shape.sizes.insert(3, at: 0) }
          return Tensor(operand, using: &generator)
        }
        let batch = BatchedApplication(operands: operands, isBatched: isBatched, size: 3)
        let expected = batch.oneByOne(sample.primitive)
        for (result, wanted) in zip(sample.primitive.vectorized(batch), expected) {
          expectClose(result, wanted, relative: 1e-13, absolute: 1e-13, "\(sample) \(isBatched)")
        }
      }
    }
  }

  @Test(arguments: types.indices)
  func `a matrix that is not finite spoils its own results only`(_ index: Int) {
    for primitive in MatrixPrimitiveTests.types[index].samples.map(\.primitive)
    where !(primitive is TriangularSolve) {
      // Cofactors of large matrices are too large for a number.
      let large = primitive is Cofactors ? 12 : 40
      for (value, size) in [(Double.nan, 3), (.infinity, 3), (-.infinity, large), (.nan, large)] {
        for type in [ElementType.float64, .float32] {
          let sample = MatrixPrimitiveTests.sample(primitive, [3], rows: size, columns: size)
          var generator = TestGenerator(salt: "\(sample)")
          var operands = sample.operands.map { Tensor($0, using: &generator).cast(to: type) }
          let clean = applyAll(primitive, operands)
          operands[0][1, 1, 0] = Tensor(value, elementType: type)
          for (result, wanted) in zip(applyAll(primitive, operands), clean) {
            let note = "\(primitive) with \(value)"
            #expect(result[0] == wanted[0] && result[2] == wanted[2], "\(note)")
            #expect(result[1].scalars(as: Double.self).allSatisfy { $0.isNaN }, "\(note)")
          }
        }
      }
    }
  }

  @Test func `matrices for which LAPACK works in blocks`() {
    // Only what is unique and takes the reference little time; others are tested by their laws.
    let primitives: [any Primitive] = [
      CholeskyFactor(), LinearSolve(), LinearSolve(isTransposed: true), LogDeterminant(),
      OrthogonalTriangular(), TriangularSolve(isLower: false),
    ]
    for primitive in primitives {
      expectMatchesReference(MatrixPrimitiveTests.sample(primitive, [], rows: 41, columns: 40))
    }
    for primitive in [SingularValues(), SymmetricEigen(), PseudoInverse()] as [any Primitive] {
      expectMatchesReference(MatrixPrimitiveTests.sample(primitive, [], rows: 21, columns: 20))
    }
  }

  static let wrong: [(Tensor, String)] = {
    let matrix = Tensor.zeros([2, 3])
    let square = Tensor.zeros([2, 2])
    let half = square.cast(to: .bfloat16)
    return [
      (cholesky(matrix), "cholesky needs square matrices in the last two axes, got shape [2, 3]"),
      (
        cholesky(half),
        "cholesky needs elements of type f32 or f64, got bf16[2, 2]; convert with cast(to: .float32)"
      ),
      (
        qr(Tensor.range(4).reshaped(to: [2, 2])).r,
        "qr needs elements of type f32 or f64, got i32[2, 2]; convert with cast(to: .float32)"
      ),
      (svd(Tensor.zeros([2])).s, "svd needs matrices in the last two axes, got shape [2]"),
      (
        symmetricEigenvalues(matrix),
        "symmetricEigen needs square matrices in the last two axes, got shape [2, 3]"
      ),
      (
        solve(square, Tensor.zeros([3])),
        "solve needs a right-hand side with as many rows as the matrix, got [2, 2] and [3] (2 ≠ 3)"
      ),
      (
        solve(Tensor.zeros([4, 2, 2]), Tensor.zeros([3, 2, 1])),
        "solve needs batch axes that broadcast, got [4, 2, 2] and [3, 2, 1]"
      ),
      (
        solve(square, Tensor(1)),
        "solve needs matrices, and a right-hand side of rank 1 or more, got [2, 2] and []"
      ),
      (
        triangularSolve(matrix, matrix),
        "triangularSolve needs square matrices in the last two axes, got shape [2, 3]"
      ),
      (
        inverse(matrix),
        "inverse needs square matrices in the last two axes, got shape [2, 3]; pseudoInverse takes matrices of any shape"
      ),
      (
        determinant(matrix),
        "determinant needs square matrices in the last two axes, got shape [2, 3]"
      ),
      (
        pseudoInverse(square, tolerance: -1),
        "pseudoInverse needs a tolerance that is not negative, got -1.0 for shape [2, 2]"
      ),
      (
        leastSquares(matrix, Tensor.zeros([3])),
        "leastSquares needs a right-hand side with as many rows as the matrix, got [2, 3] and [3]"
      ),
      (
        conditionNumber(Tensor.zeros([0, 3])),
        "conditionNumber needs matrices that are not empty, got shape [0, 3]"
      ),
      (
        matrixPower(matrix, 2),
        "matrixPower needs square matrices of numbers in the last two axes, got f32[2, 3]"
      ),
      (
        Tensor.zeros([3]).lowerTriangle(),
        "lowerTriangle needs matrices in the last two axes, got shape [3]"
      ),
      (
        gradient(at: Tensor.zeros([3, 2])) { qr($0, complete: true).r.sum() },
        "the derivative of qr needs the reduced form, or no more rows than columns, got the complete form of shape [3, 2]; the columns that complete Q are not functions of the matrix"
      ),
      (
        gradient(at: Tensor.zeros([3, 2])) { svd($0, full: true).s.sum() },
        "the derivative of svd needs the reduced form, or square matrices, got the full form of shape [3, 2]; the columns that complete U and V are not functions of the matrix"
      ),
    ]
  }()

  @Test(arguments: wrong.indices)
  func `wrong operations say what they need`(_ index: Int) {
    let (result, text) = MatrixPrimitiveTests.wrong[index]
    #expect(result.error?.message == text)
  }
}
