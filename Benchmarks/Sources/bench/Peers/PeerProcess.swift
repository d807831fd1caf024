import Foundation

/// A peer's process, which waits for a request whenever another side is measured.
final class PeerProcess {
  let peer: Peer
  /// The version of the library.
  let version: String
  private let process = Process()
  private let requests = Pipe()
  private let replies = Pipe()
  private var unread = Data()

  /// What a peer answers to a request; fields depend on the request.
  private struct Reply: Decodable {
    var error: String?
    var version: String?
    /// The workloads it knows.
    var workloads: [String]?
    var results: [Double]?
    var milliseconds: [Double]?
    var count: Int?
    var memory: Probe.Report?
  }

  /// The workloads the peer can run.
  let workloads: Set<String>

  /// Starts the process and waits until its libraries are loaded.
  init(_ peer: Peer, python: String, scripts: String, threads: Int) throws {
    self.peer = peer
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments =
      ["\(scripts)/\(peer.arguments[0])", "--threads", String(threads)]
      + peer.arguments.dropFirst()
    process.standardInput = requests
    process.standardOutput = replies
    try process.run()
    // Only the peer holds this end now, so that its death is seen as an end of file.
    try replies.fileHandleForWriting.close()
    let greeting = try PeerProcess.read(from: replies.fileHandleForReading, &unread, peer.name)
    version = greeting.version ?? "unknown"
    workloads = Set(greeting.workloads ?? [])
  }

  /// Loads a workload's parameters and inputs from a file and returns its results.
  func prepare(_ workload: String, file: String) throws -> [Double] {
    try ask("prepare \(workload) \(file)").results ?? []
  }

  /// Measures a round.
  func run(_ workload: String, seconds: Double) throws -> Samples {
    let reply = try ask("run \(workload) \(seconds)")
    let times = reply.milliseconds ?? []
    return Samples(milliseconds: times, count: reply.count ?? times.count)
  }

  /// Lets a process that has done nothing yet make a workload and run its first steps.
  func memory(of workload: String, steps: Int, file: String) throws -> Probe.Report? {
    try ask("memory \(workload) \(steps) \(file)").memory
  }

  /// Frees a workload's memory.
  func forget(_ workload: String) throws { _ = try ask("forget \(workload)") }

  /// Ends the process.
  func stop() {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func ask(_ request: String) throws -> Reply {
    try requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
    return try PeerProcess.read(from: replies.fileHandleForReading, &unread, peer.name)
  }

  private static func read(
    from handle: FileHandle, _ unread: inout Data, _ name: String
  ) throws -> Reply {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[unread.startIndex ..< end]
        unread = Data(unread[unread.index(after: end)...])
        let reply = try JSONDecoder().decode(Reply.self, from: line)
        if let error = reply.error { throw BenchError("\(name): \(error)") }
        return reply
      }
      let more = handle.availableData
      guard !more.isEmpty else { throw BenchError("\(name): the process has ended") }
      unread += more
    }
  }
}
