// The part of the configuration that says how large topics should be; keys are not asked for.

/// Lanes and slots as configured.
package struct SizingConfiguration: Sendable {
    package var connection: ConnectionConfiguration
    /// `JIMENG_LANES`, if given.
    package var lanes: Int?
    /// Slots of the smallest pool.
    package var slots: Int

    /// - Throws: everything that is wrong, before any connection.
    package init(_ sources: ConfigurationSources) throws(ConfigurationMistakes) {
        var reader = FieldReader(sources)
        connection = ConnectionConfiguration(&reader)
        lanes = reader.read(WorkerFields.lanes)
        let single = reader.read(WorkerFields.concurrency) ?? 2
        let listed = (sources.file?.accounts ?? []).flatMap { account -> [Int] in
            let all = account.members["concurrency"].flatMap { Int($0.text) } ?? 2
            return [all] + account.models.values.compactMap { Int($0.text) }
        }
        slots = listed.min() ?? single
        try reader.finish()
    }
}
