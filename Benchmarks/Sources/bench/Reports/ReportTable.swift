import Foundation

/// A report for people.
struct ReportTable {
  private let report: Report

  init(_ report: Report) { self.report = report }

  /// What was measured where, and the table.
  var text: String {
    let machine = report.machine
    let peers = Peer.catalog.map(\.name).filter { machine.versions[$0] != nil }
    var heading = [
      "\(machine.processor), \(machine.threads) of \(machine.cores) cores; "
        + "medians of \(report.rounds) rounds of \(report.seconds) s, in ms",
      String(format: "f32 product of 1024 x 1024: %.0f GFLOP/s", machine.productCeiling),
    ]
    if !peers.isEmpty {
      heading.append(peers.map { "\($0) \(machine.versions[$0] ?? "")" }.joined(separator: ", "))
    }
    let titles =
      ["workload", "ours"] + peers
      + (peers.isEmpty ? [] : ["best peer", "ours/best", "goal"]) + ["of ceiling"]
    let rows = report.rows.map { row in
      var cells = [row.name, time(row.ours)]
      if !peers.isEmpty {
        cells += peers.map { peer in
          row.failures[peer] != nil ? "failed" : row.sides[peer].map { time($0.median) } ?? "-"
        }
        cells += [row.best?.name ?? "-", row.ratio.map { String(format: "%.2f", $0) } ?? "-"]
        let isMet = row.ratio.map { $0 <= row.goal }
        cells.append(
          String(format: "%.2f ", row.goal) + (isMet.map { $0 ? "met" : "missed" } ?? ""))
      }
      cells.append(String(format: "%.0f %%", 100 * row.rate / machine.productCeiling))
      return cells
    }
    return heading.joined(separator: "\n") + "\n\n" + AlignedTable(rows: [titles] + rows).text
      + doubts
  }

  /// The sides whose times say more about other work on the machine than about them.
  private var doubts: String {
    let unquiet = report.rows.flatMap { row in
      row.sides.sorted { $0.key < $1.key }.filter { $0.value.median > 2 * $0.value.minimum }.map {
        String(format: "%@ %@ %.1f x", row.name, $0.key, $0.value.median / $0.value.minimum)
      }
    }
    if unquiet.isEmpty { return "" }
    return "\n\nThe machine was not quiet; medians over twice the minimum: "
      + unquiet.joined(separator: ", ")
  }

  /// A time with three digits that count.
  private func time(_ milliseconds: Double) -> String {
    let digits = milliseconds < 0.1 ? 4 : milliseconds < 1 ? 3 : milliseconds < 10 ? 2 : 1
    return String(format: "%.\(digits)f", milliseconds)
  }
}
