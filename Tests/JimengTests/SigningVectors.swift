// The golden vectors of signing-vectors.json as values.

import Foundation
import JSON
import Testing

@testable import Jimeng

struct SigningVector: Sendable, CustomTestStringConvertible {
    let id: String
    let source: String
    let fields: JSON

    var testDescription: String { id }

    func text(_ name: String) -> String { fields[name]?.string ?? "" }

    var body: [UInt8] {
        let value = fields["body"]?["value"]?.string ?? ""
        return fields["body"]?["encoding"] == "base64"
            ? Array(Data(base64Encoded: value) ?? Data()) : Array(value.utf8)
    }

    var query: [(name: String, value: String)] {
        (fields["query"]?.array ?? []).map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
    }

    /// All headers that the source had, by the names of the signed ones.
    var signedHeaders: [(name: String, value: String)] {
        let named = fields["headers_signed"]?.object ?? fields["headers_as_sent"]?.object ?? [:]
        let all = named.members.map { ($0.key.lowercased(), $0.value.string ?? "") }
        return text("signed_headers").split(separator: ";").map { name in
            let sent = all.first { $0.0 == name }?.1
            return (String(name), sent ?? text("host"))
        }
    }

    var credentials: Credentials {
        get throws {
            try Credentials(
                accessKeyID: text("access_key_id"),
                secretAccessKey: Secret(text("secret_access_key")),
                sessionToken: fields["session_token"]?.string.map { Secret($0) })
        }
    }

    var signer: RequestSigner {
        get throws {
            RequestSigner(
                credentials: try credentials, region: text("region"), service: text("service"))
        }
    }

    /// The moment of `iso_time`, by Foundation, which our own calendar is checked against.
    var time: UTCTime {
        get throws {
            let date = try Date(text("iso_time"), strategy: .iso8601)
            return UTCTime(secondsSince1970: Int64(date.timeIntervalSince1970))
        }
    }

    static let all: [SigningVector] = {
        guard let url = Bundle.module.url(forResource: "signing-vectors", withExtension: "json"),
            let data = try? Data(contentsOf: url), let file = try? JSON(parsing: data)
        else { return [] }
        return ["sdk_vectors", "other_vectors", "original_script_vectors"].flatMap { source in
            (file[source]?.array ?? []).map {
                SigningVector(id: $0["id"]?.string ?? "?", source: source, fields: $0)
            }
        }
    }()

    /// Vectors of the SDK that are not to be imitated, each with the reason.
    static let quirks = [
        "sdk-47-padded-header-value":
            "the SDK signs padding that the rules say is trimmed; we trim and send trimmed",
        "sdk-35-query-repeated-key":
            "the SDK keeps the order of repeated names; we never send a name twice",
    ]
}
