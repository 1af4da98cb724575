// An outcome or a piece of news as commands show it: read back from the record, whatever its version.

package import JSON

/// The members of a result, failure or progress record that people want to see.
package struct OutcomeView: Sendable {
    package let id: String
    /// `succeeded`, `failed`, or nil for progress.
    package let status: String?
    /// The stage of a progress record.
    package let stage: String?
    package let record: JSONObject

    /// Nil for a record that is no JSON object with an id.
    package init?(_ bytes: [UInt8]) {
        guard let record = (try? JSON(parsing: bytes))?.object, let id = record["id"]?.string else {
            return nil
        }
        self.id = id
        self.record = record
        status = record["status"]?.string
        stage = record["stage"]?.string
    }

    package var isFailure: Bool { status == "failed" }

    /// What was made, or what went wrong, in one line without the id.
    package var text: String {
        if let error = record["error"]?.object { return failureText(error) }
        let link = record["video_url"]?.string ?? record["image_urls"]?[0]?.string ?? ""
        let until =
            record["video_url_expires_at"]?.string ?? record["image_urls_expire_at"]?.string
        let seconds = record["timings"]?["total_ms"]?.int.map {
            "in \($0 / 1000).\($0 % 1000 / 100)s"
        }
        return [seconds, link, until.map { "(until \($0))" }].compactMap { $0 }
            .joined(separator: " ")
    }

    private func failureText(_ error: JSONObject) -> String {
        let code = error["code"].flatMap { $0.string ?? $0.number?.text }
        let charged =
            error["may_have_been_charged"]?.bool == true ? " (may have been charged)" : ""
        return [error["kind"]?.string, code].compactMap { $0 }.joined(separator: " ") + ": "
            + (error["message"]?.string ?? "") + charged
    }
}
