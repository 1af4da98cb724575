// Signatures: the signer against a slow reading of the provider's page, over arbitrary requests.

import Crypto
import Foundation
import Jimeng
import JimengSimulator

extension FuzzTarget {
    static let signature = FuzzTarget(
        name: "signature", make: { chance in chance.bytes(upTo: 300) },
        check: { bytes throws(Broken) in
            var choices = ByteChoices(bytes)
            let token: Secret? = choices.flag() ? Secret("STS/token+=") : nil
            let request = SignatureCheck.request(&choices)
            let time = UTCTime(secondsSince1970: Int64(choices.word() % 300_000_000_000))
            let credentials = try? Credentials(
                accessKeyID: "AKLTfuzz", secretAccessKey: Secret(SignatureCheck.secret),
                sessionToken: token)
            let signer = RequestSigner(credentials: try need(credentials, "credentials"))
            let headers = signer.sign(request, at: time)
            try SignatureCheck.compare(headers, request)
            return
                "\(request.method) \(request.query.count) \(request.headers.count) \(token == nil)"
        })
}

/// Section 2 of `jimeng-api.md`, step by step, on bytes.
private enum SignatureCheck {
    static let secret = "c2VjcmV0LWtleQ=="

    static func request(_ choices: inout ByteChoices) -> UnsignedRequest {
        let hosts = ["visual.volcengineapi.com", "h:80", "h:443", "h:8080", "[::1]:80", "", ":80"]
        var request = UnsignedRequest(host: choices.pick(hosts))
        request.method = choices.pick(["POST", "GET", "PUT"])
        request.path = choices.pick(["/", "", "/a b/%41/ü~", "//", "/\(choices.text(upTo: 20))"])
        request.query = (0..<choices.number(below: 6)).map { _ in
            let name = choices.pick(["Action", "Version", "a", "A", "", choices.text(upTo: 6)])
            return (name: name, value: choices.text(upTo: 12))
        }
        let names = [
            "Content-Type", "content-md5", "X-A", "x-b", "X-a", "Accept", "x-", "X", "Host-X",
            "X-Z_",
        ]
        request.headers = (0..<choices.number(below: 6)).map { _ in
            (name: choices.pick(names), value: value(&choices))
        }
        request.body = choices.bytes(upTo: 200)
        return request
    }

    /// Printable text with padding, as a header may have it.
    private static func value(_ choices: inout ByteChoices) -> String {
        let pad = choices.pick(["", " ", "\t", "  \t "])
        let text = choices.bytes(upTo: 20).map { 0x20 + $0 % 95 }
        return pad + String(decoding: text, as: UTF8.self) + pad
    }

    typealias Fields = [(name: String, value: String)]

    static func compare(_ headers: Fields, _ request: UnsignedRequest) throws(Broken) {
        func value(_ name: String) -> String? { headers.last { $0.name == name }?.value }
        let date = try need(value("X-Date"), "no-date")
        let authorization = try need(value("Authorization"), "no-authorization")
        let hash = hex(SHA256.hash(data: request.body))
        try hold(value("X-Content-Sha256") == hash, "body-hash")
        let signed = signedFields(headers, host: request.host)
        let names = signed.map(\.name).joined(separator: ";")
        var text = Array("\(request.method)\n".utf8)
        text += (request.path.isEmpty ? [0x2F] : encoded(request.path, keepsSlash: true)) + [0x0A]
        text += query(request.query) + [0x0A]
        for field in signed { text += Array("\(field.name):\(field.value)\n".utf8) }
        text += Array("\n\(names)\n\(hash)".utf8)
        let scope = "\(date.prefix(8))/cn-north-1/cv/request"
        let toSign = "HMAC-SHA256\n\(date)\n\(scope)\n\(hex(SHA256.hash(data: text)))"
        var key = Array(secret.utf8)
        for part in scope.split(separator: "/") { key = mac(Array(part.utf8), key) }
        let expected =
            "HMAC-SHA256 Credential=AKLTfuzz/\(scope), SignedHeaders=\(names), "
            + "Signature=\(hex(mac(Array(toSign.utf8), key)))"
        try hold(
            authorization == expected, "signature-differs",
            String(decoding: text, as: UTF8.self))
    }

    /// Content-Type, Content-Md5, all X- headers and the host, by name; equal names in the order sent.
    private static func signedFields(_ headers: Fields, host: String) -> Fields {
        var fields: Fields = []
        for header in headers {
            let name = String(
                decoding: header.name.utf8.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 },
                as: UTF8.self)
            if name == "content-type" || name == "content-md5" || name.utf8.starts(with: "x-".utf8)
            {
                fields.append((name: name, value: header.value))
            }
        }
        var bare = host
        for port in [":80", ":443"] where host.utf8.reversed().starts(with: port.utf8.reversed()) {
            bare = String(decoding: host.utf8.dropLast(port.utf8.count), as: UTF8.self)
        }
        fields.append((name: "host", value: bare))
        // Insertion sort: slow, stable and plain to see.
        for index in fields.indices.dropFirst() {
            var place = index
            while place > 0,
                Array(fields[place].name.utf8).lexicographicallyPrecedes(
                    Array(fields[place - 1].name.utf8))
            {
                fields.swapAt(place, place - 1)
                place -= 1
            }
        }
        return fields
    }

    private static func query(_ items: Fields) -> [UInt8] {
        var pairs = items.map {
            (name: Array($0.name.utf8), text: encoded($0.name) + [0x3D] + encoded($0.value))
        }
        for index in pairs.indices.dropFirst() {
            var place = index
            while place > 0, pairs[place].name.lexicographicallyPrecedes(pairs[place - 1].name) {
                pairs.swapAt(place, place - 1)
                place -= 1
            }
        }
        return Array(pairs.map(\.text).joined(separator: [0x26]))
    }

    private static func encoded(_ text: String, keepsSlash: Bool = false) -> [UInt8] {
        text.utf8.flatMap { byte -> [UInt8] in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
                || "-_.~".utf8.contains(byte) || keepsSlash && byte == 0x2F
            return isPlain ? [byte] : Array(String(format: "%%%02X", Int(byte)).utf8)
        }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", Int($0)) }.joined()
    }

    private static func mac(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
    }
}
