import Foundation

/// Runs this program again for a probe.
enum ProbeProcess {
  /// What the probe reported, and the time in milliseconds from before the process was made until
  /// it was gone.
  static func run(_ probe: Probe) throws -> (report: Probe.Report, milliseconds: Double) {
    let description = String(decoding: try JSONEncoder().encode(probe), as: UTF8.self)
    let output = Pipe()
    let (reading, writing) = (
      output.fileHandleForReading.fileDescriptor, output.fileHandleForWriting.fileDescriptor
    )
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, writing, 1)
    posix_spawn_file_actions_addclose(&actions, reading)
    posix_spawn_file_actions_addclose(&actions, writing)
    // Foundation's Process notices an end through a run loop, which takes time of its own.
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let words = [path, "--probe", description]
    var arguments = words.map { (word: String) in strdup(word) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let clock = ContinuousClock()
    let start = clock.now
    var process = pid_t()
    let failure = posix_spawn(&process, path, &actions, nil, &arguments, environ)
    guard failure == 0 else {
      throw BenchError("could not start a probe: \(String(cString: strerror(failure)))")
    }
    // Only the child holds this end now. What it prints fits into the pipe.
    try output.fileHandleForWriting.close()
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let milliseconds = (clock.now - start) / .milliseconds(1)
    guard status == 0 else { throw BenchError("the probe \(description) ended with \(status)") }
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    return (try JSONDecoder().decode(Probe.Report.self, from: text), milliseconds)
  }
}
