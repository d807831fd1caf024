import Foundation

/// A report for people.
struct ReportTable {
  private let report: Report

  init(_ report: Report) { self.report = report }

  /// What was measured where, and the table.
  var text: String {
    let titles =
      ["workload", "ours"] + peers + (peers.isEmpty ? [] : ["best peer", "ours/best", "goal"])
      + ceilings.map(\.title)
    let rows = report.rows.map { row in
      var cells = [row.name, time(row.ours)]
      if !peers.isEmpty {
        cells += peers.map { peer in
          row.failures[peer] != nil ? "failed" : row.sides[peer].map { time($0.median) } ?? "-"
        }
        cells += [row.best?.name ?? "-", row.ratio.map { String(format: "%.2f", $0) } ?? "-"]
        cells.append(goal(of: row))
      }
      return cells + ceilings.map { AlignedTable.percentage($0.share(row)) }
    }
    return heading + "\n\n" + AlignedTable(rows: [titles] + rows).text + doubts
  }

  /// The peers that took part in some row, in the order of their columns.
  private var peers: [String] {
    Peer.catalog.map(\.name).filter { peer in
      report.rows.contains { $0.sides[peer] != nil || $0.failures[peer] != nil }
    }
  }

  /// Processor, ceilings and versions.
  private var heading: String {
    let machine = report.machine
    var lines = [
      "\(machine.processor), \(machine.threads) of \(machine.cores) cores; "
        + "medians of \(report.rounds) rounds of \(report.seconds) s, in ms"
    ]
    var ceilings = [
      String(format: "f32 product of 1024 x 1024: %.0f GFLOP/s", machine.productCeiling)
    ]
    if let ceiling = machine.bfloat16ProductCeiling {
      ceilings.append(String(format: "of bf16: %.0f GFLOP/s", ceiling))
    }
    if let ceiling = machine.copyCeiling {
      ceilings.append(String(format: "copy of 256 MiB: %.1f GB/s read and written", ceiling))
    }
    lines.append(ceilings.joined(separator: "; "))
    if !peers.isEmpty {
      lines.append(peers.map { "\($0) \(machine.versions[$0] ?? "")" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  /// The columns with shares of what the machine can do; one that no row needs is left out.
  private var ceilings: [(title: String, share: (Report.Row) -> Double?)] {
    [("of ceiling", report.shareOfProductCeiling), ("of copy", report.shareOfCopyCeiling)].filter {
      ceiling in report.rows.contains { ceiling.share($0) != nil }
    }
  }

  private func goal(of row: Report.Row) -> String {
    guard let goal = row.goal else { return "-" }
    return String(format: "%.2f ", goal) + (row.isMet.map { $0 ? "met" : "missed" } ?? "")
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
