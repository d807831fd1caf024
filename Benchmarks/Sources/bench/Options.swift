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
    /// Measures times until first results, and memory.
    case limits
    /// What `--limits` has a process of its own do.
    case probe(Probe)
    /// Sets two reports side by side.
    case compare(String, String)
  }

  /// What is measured.
  enum Subject: Sendable {
    case models
    /// Single operations on much memory, and products.
    case operations
    /// Activations, losses and layers.
    case functions

    var catalog: [Workload] {
      switch self {
      case .models: Workload.catalog
      case .operations: Workload.microCatalog
      case .functions: Workload.functionCatalog
      }
    }
  }

  var action = Action.measure
  /// The rows to run.
  var workloads: [Workload] = []
  /// What the rows are.
  var subject = Subject.models
  var rounds = 5
  /// For each side in each round.
  var seconds = 1.0
  var threads = ProcessInfo.processInfo.activeProcessorCount
  /// The interpreter of the peers; none are run without one.
  var python: String?
  /// The folder of the peers' scripts.
  var scripts = "Peers"
  var runsCompiledTorch = true

  /// The peers that take part.
  var peers: [Peer] {
    switch subject {
    case .functions: [.torchEager]
    case .models, .operations: Peer.catalog.filter { !$0.compiles || runsCompiledTorch }
    }
  }

  /// Where the report is written.
  var json: String?

  static let usage = """
    usage: bench [options]
      --micro              single operations instead of models
      --functions          every activation, loss and layer, beside PyTorch's
      --workloads a,b      the rows to run; all if not given
      --rounds n           how often each side has its turn (5)
      --seconds s          how long a turn is (1)
      --threads n          threads of every side (all processors)
      --python PATH        the interpreter of the peers; without one, ours are run alone
      --no-peers           ours alone
      --compiled           torch.compile as well, which is the default
      --no-compiled        without torch.compile, which takes seconds to compile each row
      --peers DIR          the folder of the peers' scripts
      --json FILE          writes a report
      --compare A B        sets two reports side by side
      --profile            where our time goes, by instruction
      --limits             times until first results, and memory, beside their goals
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
    var names: [String]?
    while let option = rest.popFirst() {
      switch option {
      case "--workloads":
        names = try value(of: option).split(separator: ",").map(String.init)
      case "--micro": subject = .operations
      case "--functions": subject = .functions
      case "--rounds": rounds = try number(of: option)
      case "--seconds": seconds = try number(of: option)
      case "--threads": threads = try number(of: option)
      case "--python": python = try value(of: option)
      case "--no-peers": python = nil
      case "--compiled": runsCompiledTorch = true
      case "--no-compiled": runsCompiledTorch = false
      case "--peers": scripts = try value(of: option)
      case "--json": json = try value(of: option)
      case "--compare": action = .compare(try value(of: option), try value(of: option))
      case "--limits": action = .limits
      case "--probe":
        let description = Data(try value(of: option).utf8)
        action = .probe(try JSONDecoder().decode(Probe.self, from: description))
      case "--profile": action = .profile
      case "--plan": action = .plan
      case "--list": action = .list
      default: throw BenchError("unknown option \(option)\n\(Options.usage)")
      }
    }
    let rows = subject.catalog
    workloads =
      try names?.map { name in
        guard let workload = rows.first(where: { $0.name == name }) else {
          throw BenchError(
            "no workload `\(name)`; --list shows all, with --micro or --functions others"
          )
        }
        return workload
      } ?? rows
  }
}
