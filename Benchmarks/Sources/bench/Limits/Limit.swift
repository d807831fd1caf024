import Foundation

/// A promise about times or memory, and what was measured.
struct Limit: Sendable {
  /// What is limited, in one line.
  let title: String
  /// What was measured.
  let value: Double
  /// What it must not exceed; nothing if that was not to be had.
  let goal: Double?
  /// What both count.
  let unit: String
  /// What the goal is, or further figures.
  var remark = ""

  /// Whether the promise is kept.
  var isMet: Bool? { goal.map { value <= $0 } }

  /// Limits as a table.
  static func table(_ limits: [Limit]) -> String {
    let rows = limits.map { limit in
      [
        limit.title, limit.amount(limit.value), limit.goal.map(limit.amount) ?? "-",
        limit.isMet.map { $0 ? "met" : "missed" } ?? "-", limit.remark,
      ]
    }
    return AlignedTable(rows: [["limit", "ours", "goal", "", ""]] + rows).text
  }

  private func amount(_ number: Double) -> String { String(format: "%.1f %@", number, unit) }
}
