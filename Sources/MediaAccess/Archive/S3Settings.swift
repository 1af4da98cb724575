// How a bucket is reached: endpoint, region, way of addressing, keys.

/// Settings of S3-compatible storage; AWS, the vendor's TOS by its S3 endpoint, MinIO and others.
package struct S3Settings: Sendable, Equatable {
    /// Where the bucket's name stands.
    package enum Addressing: String, CaseIterable, Sendable {
        /// In the host: AWS and TOS want it.
        case virtual
        /// In the path: for storage of one's own, and for names with dots, which no certificate fits.
        case path
    }

    package let bucket: String
    package let prefix: String
    package let region: String
    package let credentials: S3Credentials
    /// Bytes of a part; larger products are sent in several. 5 MiB at least, as S3 wants.
    package let partSize: Int
    let endpoint: WebTarget
    let addressing: Addressing

    /// - Parameters:
    ///   - endpoint: `https://host[:port]`; nil for AWS in the region.
    ///   - addressing: nil: by the endpoint, `path` for an address or a name without dots, else `virtual`.
    ///   - allowsPlainText: http to another machine, where content can be read and changed on the way.
    package init(
        bucket: String, prefix: String, region: String, credentials: S3Credentials,
        endpoint: String? = nil, addressing: Addressing? = nil, partSize: Int = 8 << 20,
        allowsPlainText: Bool = false
    ) throws(MediaError) {
        self.bucket = bucket
        self.prefix = prefix
        self.region = region
        self.credentials = credentials
        self.partSize = partSize
        let target: WebTarget
        do throws(MediaError) {
            target = try WebTarget(endpoint ?? "https://s3.\(region).amazonaws.com")
        } catch {
            throw .archiveSetting(reason: "is no endpoint such as https://s3.example.com: \(error)")
        }
        guard target.path == "/" else {
            throw .archiveSetting(reason: "has a path; an endpoint is https://host[:port] only")
        }
        if target.scheme == .http, !allowsPlainText, !Self.isLoopback(target.host) {
            throw .archiveSetting(
                reason: "is http on another machine, where content and names can be read on the way"
            )
        }
        self.endpoint = target
        self.addressing = addressing ?? Self.addressing(bucket, target.host)
    }

    /// Whether content goes over the network without encryption.
    package var isOpen: Bool { endpoint.scheme == .http && !Self.isLoopback(endpoint.host) }

    private static func isLoopback(_ host: WebTarget.Host) -> Bool {
        switch host {
        case .name(let name): name == "localhost"
        case .address(.v4(let value)): value >> 24 == 127
        case .address(.v6(let value)): value == 1
        }
    }

    private static func addressing(_ bucket: String, _ host: WebTarget.Host) -> Addressing {
        guard case .name(let name) = host, name.contains(".") else { return .path }
        return bucket.contains(".") ? .path : .virtual
    }

    /// Host as it is sent and signed, with the port unless it is the scheme's own.
    package var host: String {
        let port = endpoint.port == endpoint.scheme.port ? "" : ":\(endpoint.port)"
        let host = "\(endpoint.host)\(port)"
        return addressing == .virtual ? "\(bucket).\(host)" : host
    }

    /// The path of an object, percent-encoded as it is signed.
    package func path(_ key: String) -> String {
        let object = "/" + URIEncoding.encode(key, keepsSlashes: true)
        return addressing == .virtual ? object : "/\(bucket)\(object)"
    }

    func fullKey(_ key: String) -> String { prefix.isEmpty ? key : "\(prefix)/\(key)" }

    /// How people and other programs call the object.
    func url(_ key: String) -> String {
        "s3://\(bucket)/" + URIEncoding.encode(key, keepsSlashes: true)
    }
}
