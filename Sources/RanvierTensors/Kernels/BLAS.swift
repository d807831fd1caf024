internal import CKernels
internal import COpenBLAS

/// Matrix products by OpenBLAS.
///
/// OpenBLAS runs single-threaded inside our own parallel loop: two pools of threads would spin
/// against each other.
struct BLASProduct {
  var type: ElementType
  var rows: Int
  var columns: Int
  var depth: Int
  var left: UnsafeRawPointer
  var leftStride: Int
  var transposesLeft: Bool
  var right: UnsafeRawPointer
  var rightStride: Int
  var transposesRight: Bool
  var result: UnsafeMutableRawPointer
  var resultStride: Int
  /// Whether the product is added to what is there.
  var accumulates = false
  /// How many products there are, at equal distances of whole matrices.
  var batch = 1

  /// Whether OpenBLAS runs single-threaded; to be asked before it is first used.
  static let isPrepared: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// Strips of about this many multiplications are worth a thread.
  private static let workPerStrip = 1 << 18

  /// Strips are cut by the sizes alone, so that results do not depend on the number of threads.
  private var stripRows: Int {
    Swift.max(8, (BLASProduct.workPerStrip / Swift.max(1, columns * depth) + 7) / 8 * 8)
  }

  private var strips: Int { (rows + stripRows - 1) / stripRows }

  func run() {
    precondition(BLASProduct.isPrepared)
    var product = self
    ck_parallel_for(
      batch * strips, 1,
      { context, begin, end in
        guard let product = context?.assumingMemoryBound(to: BLASProduct.self) else { return }
        for strip in begin ..< end { product.pointee.runStrip(strip) }
      }, &product)
  }

  private func runStrip(_ strip: Int) {
    let size = type.byteCount
    let matrix = strip / strips
    let first = strip % strips * stripRows
    let height = Int32(Swift.min(stripRows, rows - first))
    let leftStart = matrix * rows * depth + first * (transposesLeft ? 1 : leftStride)
    let a = left + leftStart * size
    let b = right + matrix * depth * columns * size
    let c = result + (matrix * rows * columns + first * resultStride) * size
    let (width, inner) = (Int32(columns), Int32(depth))
    let (strideA, strideB, strideC) = (Int32(leftStride), Int32(rightStride), Int32(resultStride))
    let flipA = transposesLeft ? CblasTrans : CblasNoTrans
    let flipB = transposesRight ? CblasTrans : CblasNoTrans
    if type == .float64 {
      cblas_dgemm(
        CblasRowMajor, flipA, flipB, height, width, inner, 1,
        a.assumingMemoryBound(to: Double.self), strideA,
        b.assumingMemoryBound(to: Double.self), strideB, accumulates ? 1 : 0,
        c.assumingMemoryBound(to: Double.self), strideC)
    } else {
      cblas_sgemm(
        CblasRowMajor, flipA, flipB, height, width, inner, 1,
        a.assumingMemoryBound(to: Float.self), strideA,
        b.assumingMemoryBound(to: Float.self), strideB, accumulates ? 1 : 0,
        c.assumingMemoryBound(to: Float.self), strideC)
    }
  }
}
