// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "Ranvier", path: "..")],
  targets: ["digits", "quickstart"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "Ranvier", package: "Ranvier")],
      swiftSettings: [.treatAllWarnings(as: .error)])
  },
  swiftLanguageModes: [.v6]
)
