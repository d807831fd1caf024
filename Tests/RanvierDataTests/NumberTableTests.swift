import Foundation
import RanvierData
import RanvierFiles
import Testing

struct NumberTableTests {
  func table(_ text: String) throws(FileError) -> NumberTable {
    try NumberTable(parsing: Array(text.utf8), path: "t.csv")
  }

  @Test(arguments: ["a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n"])
  func `reads names and rows, whatever the line ends`(text: String) throws {
    let table = try table(text)
    #expect(table.columns == ["a", "b"])
    #expect(table.values == [1, 2, 3, 4])
    #expect(table.rowCount == 2)
  }

  @Test func `reads every notation of a decimal number`() throws {
    let table = try table("a\n-1.5\n+2\n1e3\n.5\n123456789012345678\n0.1\n007\n")
    #expect(table.values == [-1.5, 2, 1000, 0.5, 123_456_789_012_345_680, 0.1, 7])
  }

  @Test func `a table may have no rows`() throws {
    #expect(try table("a,b\n").rowCount == 0)
    #expect(try table("a,b").rowCount == 0)
  }

  @Test(arguments: [
    ("", "the file is empty"),
    ("a,\n", "line 1, column 2: a column needs a name, got ``"),
    ("a,a\n", "line 1, column 2: two columns have the name `a`, got `a`"),
    ("a,b\n1,2\n1,x\n", "line 3, column 2: a finite decimal number is needed, got `x`"),
    ("a,b\n1,\n", "line 2, column 2: a number is missing, got ``"),
    ("a,b\n1,2\n3\n", "line 3 has fewer numbers (1) than columns (2)"),
    ("a\n1,2\n", "line 2, column 2: the line has more numbers than columns (1), got `2`"),
    ("a\n1\n\n2\n", "line 3, column 1: a number is missing, got ``"),
    ("a\n 1\n", "line 2, column 1: a finite decimal number is needed, got ` 1`"),
    ("a\nnan\n", "line 2, column 1: a finite decimal number is needed, got `nan`"),
    ("a\n1e999\n", "line 2, column 1: a finite decimal number is needed, got `1e999`"),
    ("a\n0x10\n", "line 2, column 1: a finite decimal number is needed, got `0x10`"),
    ("a\n\"1\"\n", "line 2, column 1: quotes are not supported, got `\"`"),
    ("a\n1\r2\n", "line 2, column 1: a finite decimal number is needed, got `1\r2`"),
  ])
  func `says where the text is wrong`(text: String, reason: String) {
    let error = #expect(throws: FileError.self) { try table(text) }
    #expect(error?.description == "t.csv: \(reason)")
  }

  @Test func `any bytes give a table or an error`() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ab01.,,\n\r-e\"".utf8) + [0xFF, 0]
    for _ in 0 ..< 2000 {
      let bytes = (0 ..< 12).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      _ = try? NumberTable(parsing: bytes, path: "random")
    }
  }

  @Test func `a missing file is an error with its path`() {
    let error = #expect(throws: FileError.self) { try NumberTable(contentsOf: "/no/such/file.csv") }
    #expect(error?.description.hasPrefix("/no/such/file.csv: reading failed: ") == true)
  }
}
