import Foundation

/// Two reports side by side, to see what a change of ours did.
struct Comparison {
  private let first: Report
  private let second: Report

  init(_ first: Report, _ second: Report) {
    self.first = first
    self.second = second
  }

  /// Our times and ratios before and after; ratios survive a change of the machine's mood.
  var text: String {
    var rows = [["workload", "ours before", "after", "change", "ours/best before", "after"]]
    for after in second.rows {
      guard let before = first.rows.first(where: { $0.name == after.name }) else { continue }
      rows.append([
        after.name, String(format: "%.4f", before.ours), String(format: "%.4f", after.ours),
        String(format: "%+.1f %%", 100 * (after.ours / before.ours - 1)), ratio(before),
        ratio(after),
      ])
    }
    let ceilings = String(
      format: "f32 product of 1024 x 1024: %.0f GFLOP/s before, %.0f after",
      first.machine.productCeiling, second.machine.productCeiling)
    return ceilings + "\n\n" + AlignedTable(rows: rows).text
  }

  private func ratio(_ row: Report.Row) -> String {
    row.ratio.map { String(format: "%.2f", $0) } ?? "-"
  }
}
