/// A part of what distinguishes trees of one type from each other, besides the types of their
/// tensors.
public struct TreeStructure: Sendable, Hashable {
  /// A list of names that trees share by reference, so that comparing the structures of two steps
  /// of training costs nothing.
  struct Names: Sendable, Hashable {
    /// Unchecked: appending copies unless the list has one owner.
    private final class List: @unchecked Sendable {
      var names: [String] = []
      var indices: [String: Int] = [:]
    }

    private var list = List()

    var names: [String] { list.names }

    func index(of name: String) -> Int? { list.indices[name] }

    mutating func append(_ name: String) {
      if !isKnownUniquelyReferenced(&list) {
        let copy = List()
        copy.names = list.names
        copy.indices = list.indices
        list = copy
      }
      list.indices[name] = list.names.count
      list.names.append(name)
    }

    static func == (first: Names, second: Names) -> Bool {
      first.list === second.list || first.list.names == second.list.names
    }

    func hash(into hasher: inout Hasher) { hasher.combine(list.names.count) }
  }

  private enum Kind: Sendable, Hashable {
    case names(Names)
    case count(Int)
    case text(String)
  }

  private let kind: Kind

  static func names(_ names: Names) -> TreeStructure { TreeStructure(kind: .names(names)) }

  /// The number of parts of a tree.
  public static func count(_ count: Int) -> TreeStructure { TreeStructure(kind: .count(count)) }

  /// A name or an option.
  public static func text(_ text: String) -> TreeStructure { TreeStructure(kind: .text(text)) }
}
