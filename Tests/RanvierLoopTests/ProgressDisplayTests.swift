import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ProgressDisplayTests {
  /// Batches that take a while, so that there is time for bars.
  private struct Slow: BatchSource {
    var batches: [Batch]
    var batchCount: Int { batches.count }

    func batch(_ index: Int, epoch: Int) throws -> Batch {
      let clock = ContinuousClock()
      let end = clock.now + .milliseconds(60)
      while clock.now < end {}
      return batches[index]
    }
  }

  private struct Trouble: Error {}

  private let rows: Batch

  init() throws { rows = try regression().rows }

  /// What a loop writes.
  private func output(
    _ style: ProgressStyle, isTerminal: Bool = false, width: Int? = nil, batches: Int = 3,
    epochs: Int = 2, _ change: (Loop, Log<String>) -> Loop = { loop, _ in loop }
  ) -> String {
    let log = Log<String>()
    let output = ProgressOutput(
      isTerminal: isTerminal, width: { width }, write: { log.append($0) })
    let loop = change(Loop.training().progress(style, to: output), log)
    let source = Slow(batches: [Batch](repeating: rows, count: batches))
    _ = try? loop.run(over: source, epochs: epochs)
    return log.entries.joined()
  }

  /// What a terminal shows after some text: carriage returns go back, and the rest of a line can be
  /// erased.
  private func screen(_ text: String) -> [String] {
    var lines: [[Character]] = [[]]
    var column = 0
    var rest = text[...]
    while let character = rest.first {
      rest = rest.dropFirst()
      switch character {
      case "\n":
        lines.append([])
        column = 0
      case "\r": column = 0
      case "\u{1B}":
        // Only "erase to the end of the line" is written.
        rest = rest.dropFirst(2)
        lines[lines.count - 1].removeSubrange(min(column, lines[lines.count - 1].count)...)
      default:
        if column < lines[lines.count - 1].count {
          lines[lines.count - 1][column] = character
        } else {
          lines[lines.count - 1].append(character)
        }
        column += 1
      }
    }
    return lines.map { String($0) }
  }

  @Test func `silence prints nothing`() {
    #expect(output(.silent).isEmpty)
    #expect(output(.silent, isTerminal: true).isEmpty)
  }

  @Test(arguments: [ProgressStyle.lines, .automatic])
  func `where nothing can be redrawn there is a line for each epoch`(style: ProgressStyle) throws {
    let text = output(style)
    let pattern = #/epoch [12]/2: 3 batches in \d+\.\d+ m?s, \d+ examples/s, loss \d\.\d{4}/#
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    for line in lines.dropLast() { #expect(try pattern.wholeMatch(in: line) != nil, "\(line)") }
    #expect(!text.contains("\r") && !text.contains("\u{1B}"))
  }

  @Test func `one batch is not batches`() {
    #expect(output(.lines, batches: 1, epochs: 1).contains(": 1 batch in "))
  }

  @Test func `an epoch that a handler ended says so`() {
    let text = output(.lines, epochs: 1) { loop, _ in
      loop.on(.iterationCompleted) { $0.iteration == 2 ? .haltEpoch : .proceed }
    }
    #expect(text.contains("2 batches") && text.hasSuffix(" (ended early)\n"))
  }

  @Test func `a terminal shows a bar while an epoch goes on, and lines afterwards`() throws {
    let text = output(.automatic, isTerminal: true)
    let bar = #/epoch [12]/2 \[=+>? *\] [123]/3, \d+ examples/s, \d+\.\d+ m?s left, loss \d\.\d{4}/#
    #expect(text.matches(of: bar).count >= 2, "\(text.debugDescription)")
    for match in text.matches(of: bar) { #expect(match.output.firstMatch(of: /\[.{20}\]/) != nil) }
    let lines = screen(text)
    #expect(lines.count == 3 && lines[2].isEmpty)
    #expect(
      lines[0].hasPrefix("epoch 1/2: 3 batches") && lines[1].hasPrefix("epoch 2/2: 3 batches"))
  }

  @Test func `a bar never wraps`() {
    let text = output(.automatic, isTerminal: true, width: 30)
    let bars = text.split(whereSeparator: { $0 == "\r" || $0 == "\n" }).filter { $0.contains("[=") }
    #expect(!bars.isEmpty)
    #expect(bars.allSatisfy { $0.replacing("\u{1B}[K", with: "").count <= 29 })
    // What does not fit is left out as a whole.
    let wide = output(.automatic, isTerminal: true, width: 75)
    #expect(wide.contains(/\r.{40,74} left\u{1B}/) && !wide.contains(/[^ ]loss/))
  }

  @Test func `what handlers print stands on lines of its own`() {
    let text = output(.automatic, isTerminal: true, batches: 4, epochs: 1) { loop, log in
      loop.on(.iterationCompleted) { state in
        log.append("batch \(state.iteration) done\n")
        return .proceed
      }
    }
    let lines = screen(text)
    #expect(lines.prefix(4) == ["batch 1 done", "batch 2 done", "batch 3 done", "batch 4 done"])
    #expect(lines.count == 6 && lines[4].hasPrefix("epoch 1/1: 4 batches"))
  }

  @Test func `nothing is left of the bar when an error ends the run`() {
    let text = output(.automatic, isTerminal: true, batches: 4) { loop, _ in
      loop.on(.iterationStarted) { state in
        if state.iteration == 3 { throw Trouble() }
        return .proceed
      }
    }
    #expect(text.contains("[="))
    #expect(screen(text) == [""])
  }

  @Test func `validation is shown, and does not count in the rate`() throws {
    let validation = Slow(batches: [Batch](repeating: rows, count: 6))
    let text = output(.automatic, isTerminal: true, batches: 3, epochs: 1) { loop, _ in
      loop.validate(on: validation)
    }
    #expect(text.contains("] 3/3, validating, loss "))
    let line = try #require(screen(text).first)
    #expect(line.contains("validation_loss"))
    // Validation takes 0.36 s at least; the rate is that of 60 examples in the rest of the epoch.
    let found = try #require(line.firstMatch(of: /in (\d+\.\d+) s, (\d+) examples/))
    let (seconds, rate) = (try #require(Double(found.1)), try #require(Double(found.2)))
    #expect(seconds - 60 / rate > 0.3, "\(line)")
  }

  @Test func `evaluation has a title of its own`() {
    let log = Log<String>()
    let output = ProgressOutput(isTerminal: false, width: { nil }, write: { log.append($0) })
    _ = try? Loop.evaluator(network).metric(.meanSquaredError).progress(.lines, to: output).run(
      over: [rows])
    #expect(log.entries.joined().hasPrefix("evaluation: 1 batch in "))
  }
}
