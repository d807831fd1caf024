import Foundation
import Ranvier

@main
struct Bench {
  static func main() {
    do {
      if CommandLine.arguments.contains("--help") { return print(Options.usage) }
      let options = try Options(Array(CommandLine.arguments.dropFirst()))
      // Before anything computes: the number of threads is read once.
      Machine.limitThreads(options.threads)
      if options.subject != .models { try Machine.keepFreedMemory() }
      switch options.action {
      case .list: for row in options.workloads { print("\(row.name): \(row.summary)") }
      case .plan: try printPlans(options)
      case .profile: try printProfiles(options)
      case .compare(let first, let second):
        print(Comparison(try Report(contentsOf: first), try Report(contentsOf: second)).text)
      case .limits: print(Limit.table(try Limits(options).run()))
      case .probe(let probe):
        let report = try JSONEncoder().encode(try probe.run())
        print(String(decoding: report, as: UTF8.self))
      case .measure:
        let report = try Interleaving(options).run()
        print("\n" + ReportTable(report).text)
        if let file = options.json { try report.write(to: file) }
      }
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func printPlans(_ options: Options) throws {
    for workload in options.workloads {
      print("\(workload.name)\n\(try workload.prepare().plan())\n")
    }
  }

  /// Our steps by instruction, beside the time of a whole call.
  private static func printProfiles(_ options: Options) throws {
    for workload in options.workloads {
      var run = try workload.prepare()
      let calls = try Samples.measured(seconds: options.seconds) { try run.step() }
      run.reset()
      let profile = try QuietProfile(of: &run, seconds: options.seconds)
      print(
        String(
          format: "%@: a whole call takes %.1f us, at best %.1f us (%d calls)\n%@\n",
          workload.name, calls.median * 1e3, calls.minimum * 1e3, calls.count, profile.text))
    }
  }
}
