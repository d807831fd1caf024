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
    var rows = [
      [
        "workload", "ours before", "after", "change", "ours/best before", "after", "goal",
        "of ceiling before", "after", "of copy before", "after",
      ]
    ]
    for after in second.rows {
      guard let before = first.rows.first(where: { $0.name == after.name }) else { continue }
      rows.append([
        after.name, String(format: "%.4f", before.ours), String(format: "%.4f", after.ours),
        String(format: "%+.1f %%", 100 * (after.ours / before.ours - 1)), ratio(before),
        ratio(after), after.goal.map { String(format: "%.2f", $0) } ?? "-",
        AlignedTable.percentage(first.shareOfProductCeiling(before)),
        AlignedTable.percentage(second.shareOfProductCeiling(after)),
        AlignedTable.percentage(first.shareOfCopyCeiling(before)),
        AlignedTable.percentage(second.shareOfCopyCeiling(after)),
      ])
    }
    return ceilings + AlignedTable(rows: rows).text
  }

  /// What the machine could do before and after.
  private var ceilings: String {
    let (before, after) = (first.machine, second.machine)
    let ceilings: [(name: String, unit: String, before: Double?, after: Double?)] = [
      ("f32 product of 1024 x 1024", "GFLOP/s", before.productCeiling, after.productCeiling),
      (
        "bf16 product of 1024 x 1024", "GFLOP/s", before.bfloat16ProductCeiling,
        after.bfloat16ProductCeiling
      ),
      ("copy of 256 MiB", "GB/s", before.copyCeiling, after.copyCeiling),
    ]
    let lines = ceilings.compactMap { ceiling -> String? in
      guard let before = ceiling.before, let after = ceiling.after else { return nil }
      return String(
        format: "%@: %.0f %@ before, %.0f after", ceiling.name, before, ceiling.unit, after)
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  private func ratio(_ row: Report.Row) -> String {
    row.ratio.map { String(format: "%.2f", $0) } ?? "-"
  }
}
