// The settings of the archive: off by default, complete or refused, keys apart from the provider's.

import JobEngine
import MediaAccess
import Testing
import WorkerRuntime

@Suite("Configuration of the archive")
struct ArchiveConfigurationTests {
    private func read(_ environment: [String: String]) throws(ConfigurationMistakes)
        -> WorkerConfiguration
    {
        try WorkerConfiguration(
            ConfigurationSources(
                flags: [], environment: ConfigurationTests.least.merging(environment) { $1 },
                file: nil))
    }

    private func mistakes(_ environment: [String: String]) -> String {
        do throws(ConfigurationMistakes) {
            _ = try read(environment)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("nothing is archived unless it is asked for")
    func off() throws {
        let configuration = try read([:])
        #expect(configuration.archive == nil && !configuration.policy.archives)
    }

    @Test("a directory needs nothing more")
    func directory() throws {
        let configuration = try read([
            "JIMENG_ARCHIVE": "file:///var/videos", "JIMENG_ARCHIVE_CONCURRENCY": "2",
            "JIMENG_ARCHIVE_TIMEOUT": "5m",
        ])
        let archive = try #require(configuration.archive)
        #expect(configuration.policy.archives)
        guard case .directory("/var/videos") = archive.place else {
            Issue.record("\(archive.place)")
            return
        }
        #expect(archive.settings.concurrency == 2 && archive.settings.patience == .seconds(300))
    }

    @Test("a bucket needs keys of its own; the provider's are not taken")
    func keys() {
        let text = mistakes(["JIMENG_ARCHIVE": "s3://videos"])
        #expect(text.contains("JIMENG_ARCHIVE_ACCESS_KEY: is missing"))
        #expect(text.contains("JIMENG_ARCHIVE_SECRET_KEY: is missing"))
    }

    @Test("a bucket of the vendor's is addressed in the host")
    func bucket() throws {
        let archive = try #require(
            try read([
                "JIMENG_ARCHIVE": "s3://videos/jimeng", "JIMENG_ARCHIVE_ACCESS_KEY": "AK",
                "JIMENG_ARCHIVE_SECRET_KEY": "SK-hidden", "JIMENG_ARCHIVE_REGION": "cn-beijing",
                "JIMENG_ARCHIVE_ENDPOINT": "https://tos-s3-cn-beijing.volces.com",
            ]).archive)
        guard case .bucket(let settings) = archive.place else {
            Issue.record("\(archive.place)")
            return
        }
        #expect(settings.host == "videos.tos-s3-cn-beijing.volces.com")
        #expect(!"\(archive)".contains("SK-hidden"))
    }

    @Test(
        "what cannot be is refused with the reason",
        arguments: [
            (["JIMENG_ARCHIVE": "/var/videos"], "file:///directory"),
            (["JIMENG_ARCHIVE_REGION": "x"], "give JIMENG_ARCHIVE too"),
            (["JIMENG_ARCHIVE": "file:///v", "JIMENG_ARCHIVE_KEY": "{id}"], "{task_id}"),
            (
                [
                    "JIMENG_ARCHIVE": "s3://videos", "JIMENG_ARCHIVE_ACCESS_KEY": "AK",
                    "JIMENG_ARCHIVE_SECRET_KEY": "SK",
                    "JIMENG_ARCHIVE_ENDPOINT": "http://storage.example.com",
                ], "JIMENG_ARCHIVE_ALLOW_PLAINTEXT=true"
            ),
        ])
    func wrong(environment: [String: String], words: String) {
        #expect(mistakes(environment).contains(words))
    }
}
