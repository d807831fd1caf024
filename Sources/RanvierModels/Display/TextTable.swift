/// Rows of cells with several lines each, drawn with a frame.
struct TextTable {
  var header: [String]
  /// Each cell is a list of lines.
  var rows: [[[String]]] = []
  /// Lines below the table.
  var footer: [String] = []

  var text: String {
    let columns = header.indices.map { column in
      rows.flatMap { $0[column].map(\.count) }.reduce(header[column].count, Swift.max)
    }
    let inner = columns.reduce(0, +) + 3 * (columns.count - 1) + 2
    let footerWidth = footer.reduce(0) { Swift.max($0, $1.count + 2) }
    var widths = columns
    // A narrow table grows until its footer fits.
    let missing = footerWidth - inner
    if missing > 0 { widths[widths.count - 1] += missing }
    let width = Swift.max(inner, inner + missing)

    func line(_ fill: Character, _ joint: Character) -> String {
      String(joint)
        + widths.map { String(repeating: fill, count: $0 + 2) }.joined(separator: String(joint))
        + String(joint)
    }
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: Swift.max(0, width - text.count))
    }
    func row(_ cells: [String]) -> String {
      "| " + zip(cells, widths).map { padded($0, $1) }.joined(separator: " | ") + " |"
    }
    func whole(_ text: String) -> String { "| " + padded(text, width - 2) + " |" }

    var lines = [line("-", "+"), row(header), line("=", "+")]
    for cells in rows {
      let height = cells.reduce(1) { Swift.max($0, $1.count) }
      for index in 0 ..< height {
        lines.append(row(cells.map { index < $0.count ? $0[index] : "" }))
      }
      lines.append(line("-", "+"))
    }
    if !footer.isEmpty {
      lines += footer.map(whole)
      lines.append("+" + String(repeating: "-", count: width) + "+")
    }
    return lines.joined(separator: "\n")
  }
}
