// The part of the configuration that speaks of the archive.

package import MediaAccess

/// Where copies of products are kept, checked as a whole.
package struct ArchiveConfiguration: Sendable {
    /// The place, with what it needs.
    package enum Place: Sendable {
        case directory(String)
        case bucket(S3Settings)
    }

    package var place: Place
    package var settings: Archiver.Settings

    /// A bucket's keys.
    var credentials: S3Credentials? {
        if case .bucket(let settings) = place { settings.credentials } else { nil }
    }

    /// Whether it is the same directory or bucket, whatever the keys.
    func hasPlace(of other: Self) -> Bool {
        switch (place, other.place) {
        case (.directory(let path), .directory(let its)): path == its
        case (.bucket(let bucket), .bucket(let its)):
            bucket.host == its.host && bucket.path("") == its.path("")
                && bucket.region == its.region
        default: false
        }
    }

    /// Nil if nothing is to be archived, or if something is wrong, which the reader then knows.
    static func read(_ reader: inout FieldReader) -> Self? {
        let target = reader.read(WorkerFields.archive)
        guard let target else {
            refuseLeftOvers(&reader)
            return nil
        }
        guard var settings = reader.read(WorkerFields.archiveKey).map(Archiver.Settings.init),
            let place = place(target, &reader)
        else { return nil }
        settings.concurrency = reader.read(WorkerFields.archiveConcurrency) ?? settings.concurrency
        settings.patience = reader.read(WorkerFields.archiveTimeout) ?? settings.patience
        settings.largest = reader.read(WorkerFields.archiveLargest) ?? settings.largest
        return Self(place: place, settings: settings)
    }

    /// Settings of an archive that is off are a slip, not a wish.
    private static func refuseLeftOvers(_ reader: inout FieldReader) {
        guard !reader.isGiven(WorkerFields.archive.name) else { return }
        for info in WorkerFields.archiveInfos.dropFirst()
        where reader.isGiven(info.name) || (info.isSecret && reader.isGiven(info.name + "_FILE")) {
            reader.refuse(
                info.name,
                "is given, but nothing is archived: give \(WorkerFields.archive.name) too")
        }
    }

    private static func place(_ target: ArchiveTarget, _ reader: inout FieldReader) -> Place? {
        switch target {
        case .directory(let path): .directory(path)
        case .bucket(let bucket, let prefix): bucketPlace(bucket, prefix, &reader)
        }
    }

    private static func bucketPlace(
        _ bucket: String, _ prefix: String, _ reader: inout FieldReader
    ) -> Place? {
        guard let credentials = credentials(&reader) else { return nil }
        let endpoint = reader.read(WorkerFields.archiveEndpoint)
        do throws(MediaError) {
            return .bucket(
                try S3Settings(
                    bucket: bucket, prefix: prefix,
                    region: reader.read(WorkerFields.archiveRegion) ?? "us-east-1",
                    credentials: credentials, endpoint: endpoint,
                    addressing: reader.read(WorkerFields.archiveAddressing),
                    partSize: reader.read(WorkerFields.archivePartSize) ?? 8 << 20,
                    allowsPlainText: reader.read(WorkerFields.archiveAllowsPlainText) ?? false))
        } catch {
            let way =
                "\(error)".contains("is http on")
                ? "; say \(WorkerFields.archiveAllowsPlainText.name)=true if the network in between is yours"
                : ""
            reader.refuse(WorkerFields.archiveEndpoint.name, error.description + way)
            return nil
        }
    }

    private static func credentials(_ reader: inout FieldReader) -> S3Credentials? {
        let key = reader.readSecret(WorkerFields.archiveAccessKey)
        let secret = reader.readSecret(WorkerFields.archiveSecretKey)
        let token = reader.readSecret(WorkerFields.archiveSessionToken)
        for (field, value) in [
            (WorkerFields.archiveAccessKey, key), (WorkerFields.archiveSecretKey, secret),
        ] where value == nil {
            let isGiven = reader.isGiven(field.name) || reader.isGiven(field.name + "_FILE")
            if isGiven { continue }  // Then it is reported already.
            reader.refuse(
                field.name,
                "is missing: a bucket needs keys of its own; set it, or \(field.name)_FILE")
        }
        guard let key, let secret else { return nil }
        do throws(MediaError) {
            return try S3Credentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: token)
        } catch {
            reader.refuse(WorkerFields.archiveAccessKey.name, "\(error)")
            return nil
        }
    }

    /// Makes the archive; whoever does must shut it down.
    ///
    /// - Parameter gate: from where products may be fetched.
    package func archiver(gate: FetchGuard) -> Archiver {
        var settings = settings
        settings.fetch.gate = gate
        switch place {
        case .directory(let path):
            return Archiver(directory: path, settings)
        case .bucket(let bucket):
            return Archiver(
                bucket: bucket, settings, time: { SteadyClock.wallMilliseconds / 1000 })
        }
    }
}
