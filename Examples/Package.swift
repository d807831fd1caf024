// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "Ranvier", path: "..")],
  targets: [
    .executableTarget(
      name: "digits", dependencies: [.product(name: "Ranvier", package: "Ranvier")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
