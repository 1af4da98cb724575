// swift-tools-version: 6.2
// The package of the Jimeng worker: islands that do not know each other, and one place where they meet.

import PackageDescription

/// Settings of every target of ours: Swift 6, internal imports by default; warnings are errors in CI.
let house: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let inMemoryTracing = Target.Dependency.product(
    name: "InMemoryTracing", package: "swift-distributed-tracing")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

func island(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: house)
}

let package = Package(
    name: "jimeng-worker",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "jimeng", targets: ["JimengCLI"])
    ],
    dependencies: [
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its YAML trait: that refuses lists of mappings (accounts) and cannot list the keys of a file.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CRDKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        // Makes the threads of librdkafka, and the locks of Swift, visible to the thread sanitizer; else empty.
        .target(name: "CThreadShim"),
        island("JSON"),
        island("Kafka", ["CRDKafka", "CThreadShim"]),
        island("JobEngine"),
        island("Jimeng", ["JSON", asyncHTTPClient, nioCore, nioPosix, nioHTTP1, crypto]),
        island("MediaAccess", [asyncHTTPClient, nioCore, nioPosix, nioHTTP1, crypto]),
        island("Observability", [coreMetrics, metrics, nioCore, nioPosix, nioHTTP1]),
        island("JimengSimulator", [nioCore, nioPosix, nioHTTP1, crypto]),
        island(
            "WorkerRuntime",
            [
                "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "Observability", logging,
                coreMetrics, tracing, configuration, yams,
            ]),
        island(
            "Sandbox",
            [
                "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "WorkerRuntime",
                "JimengSimulator", logging,
            ]),
        .executableTarget(
            name: "JimengCLI",
            dependencies: [
                "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "Observability",
                "WorkerRuntime", "JimengSimulator", "Sandbox", argumentParser, logging, unixSignals,
            ],
            swiftSettings: house),
        tests("HouseTests", []),
        tests("JSONTests", ["JSON"]),
        tests("ObservabilityTests", ["Observability", coreMetrics, metrics, nioCore, nioPosix]),
        tests("KafkaTests", ["Kafka"]),
        tests("JobEngineTests", ["JobEngine"]),
        .target(
            name: "Simulation", dependencies: ["JobEngine"], path: "Tests/Simulation",
            swiftSettings: house),
        // Long runs, as a program of its own that a release build has in seconds: deploy/dev seeds.
        .executableTarget(
            name: "fleets", dependencies: ["Simulation", argumentParser],
            path: "Tests/SimulationRun", swiftSettings: house),
        // Benchmarks, run by deploy/dev bench; their counter of allocations is linked into nothing else.
        .target(name: "CAllocations", path: "Tests/Benchmarks/CAllocations"),
        .target(name: "CPromptSockets", path: "Tests/Benchmarks/CPromptSockets"),
        .target(name: "CInstantProvider", path: "Tests/Benchmarks/CInstantProvider"),
        .target(
            name: "CBaseline", dependencies: ["CRDKafka"], path: "Tests/Benchmarks/CBaseline"),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CAllocations", "CBaseline", "CInstantProvider", "CPromptSockets", "JSON", "Kafka",
                "JobEngine", "Jimeng", "JimengSimulator", "WorkerRuntime", "Sandbox",
                argumentParser, logging,
            ], path: "Tests/Benchmarks/Runner", swiftSettings: house),
        tests("SimulationTests", ["JobEngine", "Simulation"]),
        tests(
            "JimengTests", ["Jimeng", "JSON", nioCore, nioPosix, crypto],
            resources: [.copy("signing-vectors.json")]),
        tests(
            "WorkerRuntimeTests",
            [
                "WorkerRuntime", "JSON", "JobEngine", "Kafka", "Jimeng", "JimengSimulator",
                "MediaAccess", "Sandbox", "Observability", coreMetrics, metrics, tracing,
                inMemoryTracing, logging,
            ]),
        tests("MediaAccessTests", ["MediaAccess", nioCore, nioPosix, crypto]),
        tests(
            "ProcessTests",
            [
                "Sandbox", "JSON", "Kafka", "JobEngine", "JimengSimulator", "MediaAccess",
                "WorkerRuntime", "JimengCLI", logging,
            ]),
        tests(
            "FuzzTests",
            [
                "WorkerRuntime", "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess",
                "JimengSimulator", crypto,
            ],
            exclude: ["Corpus"]),
        tests("JimengSimulatorTests", ["JimengSimulator", nioCore, nioPosix, crypto]),
    ]
)
