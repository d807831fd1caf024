internal import Foundation
internal import RanvierFiles
internal import RanvierTensors

/// 1,797 real handwritten digits of 8 x 8 pixels, which come with the package.
///
/// - Source: E. Alpaydin and C. Kaynak 1998, "Optical Recognition of Handwritten Digits" (its test
///   part), UCI Machine Learning Repository, licence CC BY 4.0.
public enum Digits {
  /// The sizes of an image: rows, columns, channels.
  private static let imageSizes = [8, 8, 1]
  /// The grey level of full ink; 0 is paper.
  private static let darkest = 16.0

  /// Reads the digits.
  ///
  /// - Shapes: images `[1797, 8, 8, 1]` (rows, columns, channels), or `[1797, 64]` if flattened,
  ///   f32 from 0 (paper) to 1 (ink); labels `[1797]`, i32 from 0 to 9.
  /// - Parameter isFlattened: Whether an image is one row of 64 pixels.
  /// - Throws: ``FileError`` if the file that comes with the package is not where the program
  ///   expects it.
  public static func load(isFlattened: Bool = false) throws -> Dataset {
    try parse(contentsOf: try file(), isFlattened: isFlattened)
  }

  static func parse(contentsOf path: String, isFlattened: Bool) throws -> Dataset {
    let table = try NumberTable(contentsOf: path)
    let pixels = imageSizes.reduce(1, *)
    guard table.columns.count == pixels + 1 else {
      throw FileError(
        path: path,
        reason: "\(pixels) pixels and a label are needed, got \(table.columns.count) columns")
    }
    let all = Tensor(table.values, shape: [table.rowCount, pixels + 1])
    let grey = all[.all, 0 ..< pixels].cast(to: .float32)
    let shape = Shape([table.rowCount] + (isFlattened ? [pixels] : imageSizes))
    let images = (grey / darkest).reshaped(to: shape)
    let labels = all[.all, pixels].cast(to: .int32)
    return try Dataset(inputs: images, targets: labels)
  }

  /// The path of the file that comes with the package.
  ///
  /// SwiftPM puts resources into a folder beside the program. Its own `Bundle.module` would end the
  /// program if that folder were missing; here the caller gets an error.
  private static func file() throws(FileError) -> String {
    let folder = "Ranvier_RanvierData.resources"
    let program = Bundle.main.executableURL?.deletingLastPathComponent()
    let built = [Bundle.main.bundleURL, Bundle.main.resourceURL, program]
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let folders =
      built.compactMap { $0?.appendingPathComponent(folder) }
      + [sources.appendingPathComponent("Resources")]
    let paths = folders.map { $0.appendingPathComponent("digits.csv").path }
    guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw FileError(
        path: paths[0],
        reason: """
          the digits that come with Ranvier are not there; copy the folder \(folder) from the \
          build folder beside the program
          """)
    }
    return path
  }
}
