// The page that lists every setting, made of the same table that reads them.

/// Markdown of all settings: what `worker --config-reference` prints and what Configuration.md holds.
package enum ConfigurationReference {
    /// The whole page, with a line break at its end.
    package static var markdown: String {
        [introduction, table("Kafka", kafka), table("The worker", others), accounts, tenants]
            .joined(separator: "\n\n") + "\n"
    }

    private static var kafka: [FieldInfo] {
        WorkerFields.all.filter { $0.name.hasPrefix("KAFKA_") }
    }

    private static var others: [FieldInfo] {
        WorkerFields.all.filter { !$0.name.hasPrefix("KAFKA_") }
    }

    /// Keys are required where no list of accounts holds them.
    private static let required: Set<String> = [
        WorkerFields.bootstrapServers.name, WorkerFields.accessKey.name,
        WorkerFields.secretKey.name,
    ]

    private static let introduction = """
        # Configuration

        Every setting of a worker. This page is what `jimeng worker --config-reference` prints; a test compares them.

        Flags (`--set NAME=VALUE` for any setting) go before the environment, which goes before a YAML file \
        (`--config FILE`, or `JIMENG_CONFIG`). All mistakes are reported at once, before the first connection; \
        `jimeng worker --check` shows what a configuration comes to, with the source of each value and without secrets.

        Times have a unit: `250ms`, `10s`, `5m`, `12h`, `7d`. Sizes have one too: `64MiB`. A secret is given by its \
        name or by `NAME_FILE`, the path of a file that holds it, never on the command line. A YAML file has the same \
        names in any case, nested at underscores as you like: `jimeng: {task_timeout: 20m}`.

        The YAML file and files of secrets are looked at every `JIMENG_RELOAD_INTERVAL`, and at once on SIGHUP. \
        \(live) and the list of accounts take effect while the worker works. So do new keys of the archive's bucket, and \
        SASL user and password in the Kafka properties, from the next authentication on. A change of any other setting is \
        named in the log and waits for the next start. A configuration with mistakes is refused as a whole, with one warning, and the one \
        before stays in force.
        """

    private static var live: String {
        WorkerFields.live.map { "`\($0.name)`" }.joined(separator: ", ")
    }

    private static func table(_ title: String, _ fields: [FieldInfo]) -> String {
        let rows = fields.map { field in
            let name = "`\(field.name)`" + (field.isSecret ? ", `…_FILE`" : "")
            let standard =
                field.standard.map { "`\($0)`" }
                ?? (required.contains(field.name) ? "required" : "none")
            return row([name, standard, field.bounds, field.meaning])
        }
        return
            (["## \(title)", "", row(["name", "default", "allowed", "meaning"]), rule(4)] + rows)
            .joined(separator: "\n")
    }

    private static var tenants: String {
        let head = """
            ## Tenants

            In the YAML file, `tenants` is a list too; it stands in place of `JIMENG_TENANTS`. Tenants with jobs that wait share \
            the slots by weight; none gets more than its own concurrency and budget.

            """
        let name = row([
            "`name`", "required", "a name, `*` or `-`",
            "as in requests; `*` is every other tenant, `-` the jobs without one",
        ])
        return memberTable(head, [name] + TenantTable.members.map(memberRow))
    }

    private static var accounts: String {
        let head = """
            ## Several accounts

            In the YAML file, `accounts` is a list; it stands in place of the settings of the single account \
            (`JIMENG_ACCESS_KEY` and the like). Jobs go to whichever account has a free slot for their model.

            """
        return memberTable(head, AccountsReader.members.map(memberRow))
    }

    private static func memberRow(_ member: AccountsReader.Member) -> String {
        row(["`\(member.name)`", member.standard, member.bounds, member.meaning])
    }

    private static func memberTable(_ head: String, _ rows: [String]) -> String {
        ([head, row(["member", "default", "allowed", "meaning"]), rule(4)] + rows)
            .joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String {
        "| "
            + cells.map { $0.split(separator: "|").joined(separator: "\\|") }
            .joined(separator: " | ") + " |"
    }

    private static func rule(_ columns: Int) -> String {
        "|" + String(repeating: "---|", count: columns)
    }
}
