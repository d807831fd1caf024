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

/// Prints tensors: columns aligned, precision as needed, at most `edge` elements from each end of
/// long axes.
private struct TensorFormatter {
  private let tensor: Tensor
  private let storage: Storage
  private let isShortened: Bool
  /// How the element at an offset is written.
  private var format: (Int) -> String = { "\($0)" }
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
    var shown: [Int] = []
    if tensor.count > 0 { visit(axis: 0, offset: 0) { shown.append($0) } }
    let element = self.element
    if tensor.elementType.isFloatingPoint {
      let notation = Notation(shown.map(element))
      format = { notation.text(element($0)) }
    } else {
      format = exactText
    }
    width = shown.reduce(0) { Swift.max($0, format($1).count) }
  }

  var text: String {
    if tensor.count == 0 { return "[]" }
    return tensor.rank == 0 ? exactText(0) : block(axis: 0, offset: 0)
  }

  /// The element in full, with as many digits as tell it from its neighbours.
  private func exactText(_ offset: Int) -> String {
    func read<Scalar: TensorScalar>(_: Scalar.Type) -> String {
      "\(storage.address.load(fromByteOffset: offset * tensor.elementType.byteCount, as: Scalar.self))"
    }
    if tensor.elementType == .bfloat16 { return "\(Float(element(offset)))" }
    return tensor.elementType.withScalarType { read($0) }
  }

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

  private func visit(axis: Int, offset: Int, _ body: (Int) -> Void) {
    guard axis < tensor.rank else { return body(offset) }
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
        let item = position.map { pad(format(offset + $0 * stride)) } ?? "..."
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
}

/// One way of writing floating-point numbers for all elements of a tensor.
private struct Notation {
  private let isScientific: Bool
  private let digits: Int

  /// Digits after the point: the fewest that print every element exactly enough, at most this many.
  private static let mostDigits = 4

  /// Fixed notation, or scientific for very large, very small, or very different numbers.
  init(_ values: [Double]) {
    let finite = values.filter { $0.isFinite && $0 != 0 }.map { Swift.abs($0) }
    let largest = finite.max() ?? 0
    let smallest = finite.min() ?? 1
    let isScientific =
      largest >= 1e8 || smallest < 1e-4 || largest >= 1e6 && largest / smallest > 1e3
    self.isScientific = isScientific
    digits =
      (0 ..< Notation.mostDigits).first { digits in
        finite.allSatisfy { value in
          let exponent = isScientific ? Foundation.floor(Foundation.log10(value)) : 0
          let scaled = value / Foundation.pow(10, exponent - Double(digits))
          return Swift.abs(scaled.rounded() - scaled) <= 5e-6 * Swift.max(1e-3, scaled)
        }
      } ?? Notation.mostDigits
  }

  func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if isScientific { return String(format: "%.\(digits)e", value) }
    let text = String(format: "%.\(digits)f", value)
    return digits == 0 ? text + "." : text
  }
}
