import Foundation

/// What the command line asks for.
struct Options: Sendable {
  enum Action: Sendable {
    case measure
    case list
    /// Prints the plans.
    case plan
    /// Prints where the time of the plans goes.
    case profile
    /// Sets two reports side by side.
    case compare(String, String)
  }

  var action = Action.measure
  var workloads = Workload.catalog
  var rounds = 5
  /// For each side in each round.
  var seconds = 1.0
  var threads = ProcessInfo.processInfo.activeProcessorCount
  /// The interpreter of the peers; none are run without one.
  var python: String?
  /// The folder of the peers' scripts.
  var scripts = "Peers"
  var runsCompiledTorch = false
  /// Where the report is written.
  var json: String?

  static let usage = """
    usage: bench [options]
      --workloads a,b      the rows to run; all if not given
      --rounds n           how often each side has its turn (5)
      --seconds s          how long a turn is (1)
      --threads n          threads of every side (all processors)
      --python PATH        the interpreter of the peers; without one, ours are run alone
      --no-peers           ours alone
      --compiled           torch.compile as well
      --peers DIR          the folder of the peers' scripts
      --json FILE          writes a report
      --compare A B        sets two reports side by side
      --profile            where our time goes, by instruction
      --plan               what our step runs
      --list               the workloads
    """

  /// Reads the command line.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw BenchError("\(option) needs a value") }
      return value
    }
    func number<N: LosslessStringConvertible & Comparable & ExpressibleByIntegerLiteral>(
      of option: String
    ) throws -> N {
      let text = try value(of: option)
      guard let number = N(text), number > 0 else {
        throw BenchError("\(option) needs a positive number, got \(text)")
      }
      return number
    }
    while let option = rest.popFirst() {
      switch option {
      case "--workloads":
        workloads = try value(of: option).split(separator: ",").map { name in
          guard let workload = Workload.catalog.first(where: { $0.name == name }) else {
            throw BenchError("no workload `\(name)`; --list shows all")
          }
          return workload
        }
      case "--rounds": rounds = try number(of: option)
      case "--seconds": seconds = try number(of: option)
      case "--threads": threads = try number(of: option)
      case "--python": python = try value(of: option)
      case "--no-peers": python = nil
      case "--compiled": runsCompiledTorch = true
      case "--peers": scripts = try value(of: option)
      case "--json": json = try value(of: option)
      case "--compare": action = .compare(try value(of: option), try value(of: option))
      case "--profile": action = .profile
      case "--plan": action = .plan
      case "--list": action = .list
      default: throw BenchError("unknown option \(option)\n\(Options.usage)")
      }
    }
  }
}
