internal import Foundation

/// How a loop shows its progress.
public enum ProgressStyle: Sendable, Hashable {
  /// A bar that is redrawn on a terminal, and a line for each epoch; only the lines elsewhere.
  case automatic
  /// A line for each epoch.
  case lines
  /// Nothing.
  case silent
}

/// Writes progress: a bar while an epoch goes on, and a line when it is done.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let isTraining: Bool
  private let output: ProgressOutput
  /// The seconds of the epoch at which the bar was made last.
  private var lastDrawn = 0.0
  /// The metrics as they were last shown in this epoch, which take longer to make than the rest of
  /// the bar; nothing before the first bar.
  private var shownMetrics: String?
  private var isBarVisible = false

  private static let barWidth = 20
  private static let secondsBetweenBars = 0.1
  private static let clearToEndOfLine = "\u{1B}[K"

  init(_ style: ProgressStyle, isTraining: Bool, output: ProgressOutput) {
    self.style = style == .automatic && !output.isTerminal ? .lines : style
    self.isTraining = isTraining
    self.output = output
  }

  /// Shows the bar after a batch: ten times a second, and again after it was taken away.
  func update(_ state: LoopState, rows: Int, seconds: Double) {
    guard style == .automatic else { return }
    if seconds - lastDrawn > ProgressDisplay.secondsBetweenBars {
      lastDrawn = seconds
      shownMetrics = metrics(state.metrics, state.metricNames)
    } else if isBarVisible {
      return
    }
    guard let shownMetrics else { return }
    let rest = seconds / Double(state.iteration) * Double(state.batchCount - state.iteration)
    draw(
      "\(title(state)) \(gauge(state)), \(rate(rows, seconds)), \(duration(rest)) left\(shownMetrics)"
    )
  }

  /// Says that validation has begun, if the epoch is long enough to have a bar.
  func beginValidation(_ state: LoopState) {
    guard style == .automatic, shownMetrics != nil else { return }
    draw("\(title(state)) \(gauge(state)), validating\(metrics(state.metrics, state.metricNames))")
  }

  /// Takes the bar away, so that other output begins on a line of its own.
  func clear() {
    guard isBarVisible else { return }
    isBarVisible = false
    output.write("\r" + ProgressDisplay.clearToEndOfLine)
  }

  /// Writes the line of a finished epoch, whose batches took some seconds without validation.
  func finish(_ state: LoopState, rows: Int, seconds: Double) {
    guard style != .silent, let record = state.history.last else { return }
    clear()
    (shownMetrics, lastDrawn) = (nil, 0)
    let batches = record.iterations == 1 ? "1 batch" : "\(record.iterations) batches"
    output.write(
      "\(title(state)): \(batches) in \(duration(record.seconds)), \(rate(rows, seconds))"
        + metrics(record.metrics, state.metricNames) + (record.isHalted ? " (ended early)" : "")
        + "\n")
  }

  /// Writes the new bar over the old one, so that nothing flickers.
  private func draw(_ line: String) {
    isBarVisible = true
    output.write("\r" + fitted(line) + ProgressDisplay.clearToEndOfLine)
  }

  /// The parts of a line that fit: one that wraps could not be redrawn.
  private func fitted(_ line: String) -> String {
    guard let width = output.width(), line.count >= width else { return line }
    let start = line.prefix(width - 1)
    return String(
      start.range(of: ", ", options: .backwards).map { start[..<$0.lowerBound] } ?? start)
  }

  private func title(_ state: LoopState) -> String {
    isTraining ? "epoch \(state.epoch)/\(state.epochCount)" : "evaluation"
  }

  private func gauge(_ state: LoopState) -> String {
    let width = ProgressDisplay.barWidth
    let filled = width * state.iteration / Swift.max(1, state.batchCount)
    let bar = String(repeating: "=", count: filled) + (filled < width ? ">" : "")
    return "[" + bar.padding(toLength: width, withPad: " ", startingAt: 0)
      + "] \(state.iteration)/\(state.batchCount)"
  }

  private func metrics(_ values: [String: Double], _ names: [String]) -> String {
    names.compactMap { name in values[name].map { ", \(name) \(number($0))" } }.joined()
  }

  private func number(_ value: Double) -> String {
    let size = Swift.abs(value)
    return String(format: size != 0 && size < 1e-3 || size >= 1e6 ? "%.3e" : "%.4f", value)
  }

  private func rate(_ rows: Int, _ seconds: Double) -> String {
    let rate = seconds > 0 ? Double(rows) / seconds : 0
    return String(format: rate < 10 ? "%.1f examples/s" : "%.0f examples/s", rate)
  }

  private func duration(_ seconds: Double) -> String {
    if seconds < 0.0995 { return String(format: "%.1f ms", seconds * 1000) }
    if seconds < 59.995 { return String(format: "%.2f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? String(format: "%d:%02d min", whole / 60, whole % 60)
      : String(format: "%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60)
  }
}
