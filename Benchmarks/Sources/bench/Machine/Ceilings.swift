/// What this machine can do at best, measured in turns with the workloads.
struct Ceilings {
  private let turn = 0.5
  private var products: [Precision: ProductCeiling] = [:]
  private let copy: CopyCeiling?

  /// The ceilings that some rows refer to.
  init(for workloads: [Workload], threads: Int) {
    for precision in Set(workloads.map(\.precision)).union([.float32]) {
      products[precision] = ProductCeiling(precision.elementType)
    }
    copy = workloads.contains { $0.byteCount > 0 } ? CopyCeiling(threads: threads) : nil
  }

  /// Measures what a row refers to.
  mutating func measure(for workload: Workload) throws {
    try products[.float32]?.measure(seconds: turn)
    if workload.precision != .float32 { try products[workload.precision]?.measure(seconds: turn) }
    if workload.byteCount > 0 { copy?.measure(seconds: turn) }
  }

  /// Operations a second of the fastest product in GFLOP/s, if such products were measured.
  func products(in precision: Precision) -> Double? {
    products[precision]?.gigaOperationsPerSecond
  }

  /// Bytes read and written a second by a copy in GB/s, if copies were measured.
  var copies: Double? { copy?.gigabytesPerSecond }
}
