import Foundation

/// Columns of text, the first aligned to the left and the others to the right.
struct AlignedTable {
  var rows: [[String]]

  /// The rows, the first of them as a heading.
  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0 ..< columns).map { column in
      rows.reduce(0) { max($0, column < $1.count ? $1[column].count : 0) }
    }
    var lines = rows.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: " | ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "-|-")
    lines.insert(rule, at: min(1, lines.count))
    return lines.joined(separator: "\n")
  }

  /// A share as a cell.
  static func percentage(_ share: Double?) -> String {
    share.map { String(format: "%.0f %%", 100 * $0) } ?? "-"
  }
}
