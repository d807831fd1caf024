internal import Foundation

extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets as NumPy prints them, shortened when there are many.
  public var description: String {
    switch content {
    case .invalid(let error): "invalid tensor: \(error)"
    case .traced(let value) where value.storage == nil: "\(type) (not computed yet)"
    default: TensorFormatter(self).text
    }
  }
}

extension Tensor: CustomDebugStringConvertible {
  /// The elements with element type and shape.
  public var debugDescription: String {
    isConcrete ? "\(type) \(description)" : description
  }
}

/// Prints tensors: columns aligned, precision as needed, at most `edge` elements from each end of long axes.
private struct TensorFormatter {
  private let tensor: Tensor
  private let storage: Storage
  private let isShortened: Bool
  private var format: (Double) -> String = { "\($0)" }
  private var width = 0

  /// Tensors of more elements than this are shortened, as in NumPy.
  private static let limit = 1000
  /// How many elements are printed at each end of a shortened axis.
  private static let edge = 3
  private static let lineWidth = 75

  init(_ tensor: Tensor) {
    self.tensor = tensor
    storage = tensor.requiredStorage("description")
    isShortened = tensor.count > TensorFormatter.limit
    var shown: [Double] = []
    visit(axis: 0, offset: 0) { shown.append($0) }
    format = TensorFormatter.format(shown, tensor.elementType)
    width = shown.reduce(0) { Swift.max($0, format($1).count) }
  }

  var text: String { tensor.rank == 0 ? format(element(0)) : block(axis: 0, offset: 0) }

  private func element(_ offset: Int) -> Double {
    tensor.elementType.load(from: storage.address, at: offset)
  }

  /// The positions of an axis that are printed; `nil` stands for an ellipsis.
  private func positions(_ axis: Int) -> [Int?] {
    let size = tensor.shape[axis]
    let edge = TensorFormatter.edge
    guard isShortened, size > 2 * edge else { return Array(0 ..< size) }
    return Array(0 ..< edge) + [nil] + Array(size - edge ..< size)
  }

  private func visit(axis: Int, offset: Int, _ body: (Double) -> Void) {
    guard axis < tensor.rank else { return body(element(offset)) }
    let stride = tensor.shape.strides[axis]
    for case let position? in positions(axis) {
      visit(axis: axis + 1, offset: offset + position * stride, body)
    }
  }

  private func block(axis: Int, offset: Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let stride = tensor.shape.strides[axis]
    if axis == tensor.rank - 1 {
      var lines = [""]
      for position in positions(axis) {
        let item = position.map { pad(format(element(offset + $0 * stride))) } ?? "..."
        let last = lines.count - 1
        if !lines[last].isEmpty,
          indent.count + lines[last].count + item.count + 1 > TensorFormatter.lineWidth
        {
          lines.append(item)
        } else {
          lines[last] += (lines[last].isEmpty ? "" : " ") + item
        }
      }
      return "[" + lines.joined(separator: "\n" + indent) + "]"
    }
    let separator = String(repeating: "\n", count: tensor.rank - 1 - axis) + indent
    let parts = positions(axis).map { position in
      position.map { block(axis: axis + 1, offset: offset + $0 * stride) } ?? "..."
    }
    return "[" + parts.joined(separator: separator) + "]"
  }

  private func pad(_ text: String) -> String {
    String(repeating: " ", count: Swift.max(0, width - text.count)) + text
  }

  /// One format for all elements: fixed with as many digits as needed, or scientific for large ranges.
  private static func format(_ values: [Double], _ type: ElementType) -> (Double) -> String {
    if type == .bool { return { $0 != 0 ? "true" : "false" } }
    if type.isInteger { return { String(format: "%.0f", $0) } }
    let finite = values.filter(\.isFinite).map { Swift.abs($0) }.filter { $0 > 0 }
    let largest = finite.max() ?? 0
    let smallest = finite.min() ?? 0
    let isScientific = largest >= 1e8 || (smallest > 0 && (smallest < 1e-4 || largest / smallest > 1e3 && largest >= 1e6))
    func special(_ value: Double) -> String? {
      value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : nil
    }
    if isScientific { return { special($0) ?? String(format: "%.4e", $0) } }
    // The fewest digits, at most four, that print every element exactly enough.
    let digits = (0 ... 4).first { digits in
      let scale = Foundation.pow(10, Double(digits))
      return values.filter(\.isFinite).allSatisfy {
        Swift.abs(($0 * scale).rounded() / scale - $0) <= 5e-6 * Swift.max(1e-3, Swift.abs($0))
      }
    } ?? 4
    return { value in
      if let text = special(value) { return text }
      let text = String(format: "%.\(digits)f", value)
      return digits == 0 ? text + "." : text
    }
  }
}
