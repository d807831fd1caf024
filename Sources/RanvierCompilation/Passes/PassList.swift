internal import Foundation
package import RanvierTensors

/// A step of compilation: from a graph to one that computes the same and runs faster.
package struct Pass: Sendable {
  /// The name by which the pass is switched off.
  package let name: String
  /// Whether later steps depend on what the pass leaves, so that it cannot be switched off.
  package var isNeeded = false
  /// The rewritten graph.
  package let run: @Sendable (Graph) -> Graph
}

/// The passes that a plan applies, in order.
///
/// What a pass removes, plans run as well, so that each can be switched off to find out whether it
/// is to blame for a result or worth its time. Only dead code must go: a region of the fusion is
/// written where its last member stands, which therefore has to be of use. Passes that leave
/// repeated expressions behind (loop joining, invariants, sums) clean up by themselves, with the
/// functions of the simplification.
package struct PassList: Sendable {
  package private(set) var passes: [Pass]

  /// All passes there are.
  package static let all = PassList(passes: [
    Pass(name: "inlining", run: Inlining.run),
    Pass(name: "simplification", run: Simplification.run),
    Pass(name: "loop-joining", run: LoopJoining.run),
    Pass(name: "loop-invariants", run: LoopInvariants.run),
    Pass(name: "loop-sums", run: LoopSums.run),
    Pass(name: "barriers", run: Barriers.run),
    Pass(name: "dead-code", isNeeded: true, run: { $0.withoutDeadNodes() }),
    Pass(name: "constant-scaling", run: ConstantScaling.run),
    Pass(name: "wide-convolutions", run: WideConvolutions.run),
    Pass(name: "epilogues", run: Epilogues.run),
    Pass(name: "wide-sums", run: WideSums.run),
    Pass(name: "early-sums", run: EarlySums.run),
    Pass(name: "rematerialization", run: Rematerialization.run),
    Pass(name: "fusion", run: Fusion.run),
    Pass(name: "ordering", run: Ordering.run),
  ])

  /// The passes that the environment variable `RANVIER_PASSES_OFF` leaves.
  ///
  /// It names passes, separated by commas, and is read once, when the first plan is made.
  package static let enabled: PassList = {
    let text = ProcessInfo.processInfo.environment["RANVIER_PASSES_OFF"] ?? ""
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard let list = all.without(names) else {
      let known = all.optionalNames.joined(separator: ", ")
      fatalError("RANVIER_PASSES_OFF needs names of passes, got \"\(text)\"; there are \(known)")
    }
    return list
  }()

  package var names: [String] { passes.map(\.name) }

  /// The names of the passes that can be switched off.
  package var optionalNames: [String] { passes.filter { !$0.isNeeded }.map(\.name) }

  /// The list without some of its passes; `nil` if one of them does not exist or is needed.
  package func without(_ names: [String]) -> PassList? {
    let optional = optionalNames
    guard names.allSatisfy({ optional.contains($0) }) else { return nil }
    return PassList(passes: passes.filter { !names.contains($0.name) })
  }

  /// The graph after all passes; `check` sees what each one leaves.
  package func run(_ traced: Graph, check: (Pass, Graph) -> Void) -> Graph {
    passes.reduce(traced) { graph, pass in
      let result = pass.run(graph)
      check(pass, result)
      return result
    }
  }
}
