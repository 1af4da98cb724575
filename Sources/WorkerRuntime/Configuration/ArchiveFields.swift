// The settings of the archive, in the table of all settings.

import MediaAccess

extension WorkerFields {
    static let archive = Field<ArchiveTarget>(
        "JIMENG_ARCHIVE", bounds: "file:///directory or s3://bucket/prefix",
        "where copies of products are kept before their links die; without it none are",
        parse: { text throws(FieldFault) in
            try fault { () throws(MediaError) in try ArchiveTarget(text) }
        })
    static let archiveKey = Field<ArchiveKeyTemplate>(
        "JIMENG_ARCHIVE_KEY", standard: ArchiveKeyTemplate.standard,
        bounds: "a path with {date} {id} {task_id} {model} {account} {tenant} {ext}",
        "name of a copy below the archive; {task_id} must be in it",
        parse: { text throws(FieldFault) in
            try fault { () throws(MediaError) in try ArchiveKeyTemplate(text) }
        })
    static let archiveEndpoint = Field<String>(
        "JIMENG_ARCHIVE_ENDPOINT", bounds: "https://host[:port]",
        "S3-compatible service; without it AWS in the region", parse: FieldTexts.asIs)
    static let archiveRegion = Field<String>(
        "JIMENG_ARCHIVE_REGION", standard: "us-east-1", bounds: "letters, digits, . _ -, up to 100",
        "region of the bucket", parse: FieldTexts.name)
    static let archiveAddressing = Field<S3Settings.Addressing>.choice(
        "JIMENG_ARCHIVE_ADDRESSING",
        "where the bucket's name stands: in the host or in the path; without it by the endpoint")
    static let archiveAccessKey = Field<String>(
        "JIMENG_ARCHIVE_ACCESS_KEY", bounds: "text",
        "access key of the storage; the provider's is never used for it", isSecret: true,
        parse: FieldTexts.asIs)
    static let archiveSecretKey = Field<String>(
        "JIMENG_ARCHIVE_SECRET_KEY", bounds: "text", "secret key of the storage", isSecret: true,
        parse: FieldTexts.asIs)
    static let archiveSessionToken = Field<String>(
        "JIMENG_ARCHIVE_SESSION_TOKEN", bounds: "text", "for temporary keys", isSecret: true,
        parse: FieldTexts.asIs)
    static let archiveAllowsPlainText = Field<Bool>.flag(
        "JIMENG_ARCHIVE_ALLOW_PLAINTEXT", standard: "false",
        "lets an http endpoint be on another machine, where content can be read on the way")
    static let archivePartSize = Field<Int>.bytes(
        "JIMENG_ARCHIVE_PART_SIZE", (5 << 20)...(512 << 20), standard: "8MiB",
        "larger products go to a bucket in parts of this size; memory for each copy under way")
    static let archiveConcurrency = Field<Int>.integer(
        "JIMENG_ARCHIVE_CONCURRENCY", 1...256, standard: "4", "copies under way in a worker at once"
    )
    static let archiveTimeout = Field<Duration>.duration(
        "JIMENG_ARCHIVE_TIMEOUT", .seconds(10) ... .seconds(86_400), standard: "30m",
        "how long a copy is tried for, if the link lives so long")
    static let archiveLargest = Field<Int>.bytes(
        "JIMENG_ARCHIVE_LARGEST", (1 << 20)...(64 << 30), standard: "4GiB",
        "the most bytes of one product")

    static let archiveInfos: [FieldInfo] = [
        archive.info, archiveKey.info, archiveEndpoint.info, archiveRegion.info,
        archiveAddressing.info, archiveAccessKey.info, archiveSecretKey.info,
        archiveSessionToken.info, archiveAllowsPlainText.info, archivePartSize.info,
        archiveConcurrency.info, archiveTimeout.info, archiveLargest.info,
    ]

    private static func fault<Value>(_ make: () throws(MediaError) -> Value) throws(FieldFault)
        -> Value
    {
        do throws(MediaError) {
            return try make()
        } catch {
            throw FieldFault(error.description)
        }
    }
}
