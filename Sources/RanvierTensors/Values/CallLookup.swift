internal import Dispatch
internal import Foundation
internal import Runtime
internal import Synchronization

/// Looks up lines of source code in the program's debug information.
///
/// All look-ups run on one thread, one after another. Swift keeps what it has read of the debug
/// information, which is tens of megabytes, once for each thread that has asked.
final class CallLookup: Sendable {
  static let shared = CallLookup()

  /// The libraries of the program; listing them takes a thousand times longer than noting calls.
  static let images = ImageMap.capture()

  private let turn = Mutex(())
  private let exchange = Mutex<(origin: CallOrigin?, location: CodeLocation?)>((nil, nil))
  private let asked = DispatchSemaphore(value: 0)
  private let answered = DispatchSemaphore(value: 0)

  private init() { Thread.detachNewThread { self.answer() } }

  /// The innermost line outside of Ranvier's own sources.
  func location(of origin: CallOrigin) -> CodeLocation? {
    turn.withLock { _ in
      exchange.withLock { $0 = (origin, nil) }
      asked.signal()
      answered.wait()
      return exchange.withLock { exchange in
        defer { exchange = (nil, nil) }
        return exchange.location
      }
    }
  }

  private func answer() -> Never {
    while true {
      asked.wait()
      exchange.withLock { $0.location = $0.origin.flatMap { CallLookup.firstLine(of: $0.calls) } }
      answered.signal()
    }
  }

  private static func firstLine(of calls: Backtrace) -> CodeLocation? {
    var images = CallLookup.images
    for frame in calls.frames {
      if images.indexOfImage(at: frame.adjustedProgramCounter) == nil {
        // A library that was loaded later.
        images = ImageMap.capture()
      }
      guard let call = only(frame, of: calls) else { return firstLine(of: calls, images) }
      if isWithinRanvier(call, images) { continue }
      if let location = firstLine(of: call, images) { return location }
    }
    return nil
  }

  private static func firstLine(of calls: Backtrace, _ images: ImageMap) -> CodeLocation? {
    let lines = calls.symbolicated(
      with: images, options: [.showInlineFrames, .showSourceLocations])
    for frame in lines?.frames ?? [] {
      guard let place = frame.symbol?.sourceLocation, isUsers(place.path, place.line) else {
        continue
      }
      let file = place.path.split(separator: "/").suffix(2).joined(separator: "/")
      return CodeLocation(file: file, line: place.line)
    }
    return nil
  }

  /// One of the calls alone.
  ///
  /// The look-up reads a large part of the debug information again for each call it is given, and
  /// the first few calls decide. A backtrace of chosen calls can only be made by decoding one. If
  /// another version of Swift should encode them otherwise, all are looked up together.
  private static func only(_ frame: Backtrace.Frame, of calls: Backtrace) -> Backtrace? {
    guard let address = UInt64(frame.adjustedProgramCounter) else { return nil }
    // Swift's compact backtraces: 64-bit words; an absolute address of eight bytes; the end.
    let bytes = [0x02, 0x1f] + withUnsafeBytes(of: address.bigEndian, [UInt8].init) + [0x00]
    let form = [
      "architecture": calls.architecture, "backtrace": Data(bytes).base64EncodedString(),
    ]
    guard let data = try? JSONEncoder().encode(form),
      let result = try? JSONDecoder().decode(Backtrace.self, from: data),
      Array(result.frames).map(\.adjustedProgramCounter) == [frame.adjustedProgramCounter]
    else { return nil }
    return result
  }

  /// Whether a call is known to be Ranvier's by its function's name, which is found fast.
  ///
  /// A specialized function may contain functions of the user, so its line has to be looked up.
  private static func isWithinRanvier(_ calls: Backtrace, _ images: ImageMap) -> Bool {
    let symbol = calls.symbolicated(with: images, options: [])?.frames.first?.symbol
    guard let name = symbol?.rawName else { return false }
    return name.hasPrefix(ownNames) && !name.contains("Tg") && !name.contains("TG")
      && !name.contains("Tf")
  }

  /// What the linker's names of functions in this module start with.
  private static let ownNames: String = {
    let module = #fileID.prefix { $0 != "/" }
    return "$s\(module.utf8.count)\(module)"
  }()

  /// The folder of Ranvier's sources, with a slash at the end.
  private static let sources: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/"
  }()

  /// Whether a line belongs to a program that uses Ranvier: not to Ranvier, not to the standard
  /// library, whose generic functions are compiled into the programs that call them, and not to
  /// code that compilers write.
  private static func isUsers(_ path: String, _ line: Int) -> Bool {
    line > 0 && !path.hasPrefix(sources) && !path.contains("<compiler-generated>")
      && !path.contains("@__swiftmacro_") && !path.contains("/swift/stdlib/")
      && path.hasSuffix(".swift")
  }
}
