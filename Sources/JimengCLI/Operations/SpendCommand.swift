// `jimeng spend`: what was paid for.

import ArgumentParser
import JSON
import Jimeng
import JobEngine
import Kafka
import WorkerRuntime

struct SpendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "Add up what was paid for, by day, model, tenant or account.",
        discussion: """
            PAID is what the results cost, PERHAPS what failures may have cost whose truth is not known, RUNNING \
            what the tasks will cost that are at the provider now. The provider reports no amounts: all are \
            estimates from the price list that the catalogue knows. Outcomes count as long as their topics \
            keep them. Days are days in UTC.

            EXAMPLES
              jimeng spend                          by day
              jimeng spend --by tenant --since 7d
              jimeng spend --by day --by model --json
            """)

    @OptionGroup var settings: ConnectionOptions
    @Option(help: "day, model, tenant or account. May be repeated.")
    var by: [SpendBook.Dimension] = []
    @Option(
        help: ArgumentHelp(
            "Only what finished since then: a span such as 7d, a day, or a time.", valueName: "when"
        ))
    var since: String?
    @Flag(help: "JSON lines; the last one is the total.")
    var json = false

    func validate() throws {
        _ = try since.map { try Moments.instant($0, option: "--since") }
        if Set(by).count < by.count { throw ValidationError("--by names something twice") }
    }

    func run() async throws {
        let since = try since.map { try Moments.instant($0, option: "--since") }
        let session = try await LogSession(settings) { [$0.ledger, $0.results, $0.failures] }
        let topics = session.connection.topics
        var book = SpendBook(
            by: by.isEmpty ? [.day] : by, since: since,
            intake: RequestIntake(
                catalogue: ModelCatalogue(defaultModel: session.connection.defaultModel)))
        for topic in [topics.results, topics.failures] {
            try await session.read(topic) { book.takeOutcome($0) }
        }
        book.takeRunning(try await session.ledger().view)
        await session.close()
        show(book)
    }

    private func show(_ book: SpendBook) {
        let rows = book.sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        if json {
            for (key, sum) in rows { Output.line(line(book, key, sum).serialized()) }
            return Output.line(line(book, nil, book.total).serialized())
        }
        if rows.isEmpty { return Output.note("jimeng: nothing was paid for") }
        var table = Table(
            book.dimensions.map { .init($0.rawValue.uppercased()) } + [
                .init("RESULTS", isNumber: true), .init("PAID", isNumber: true),
                .init("DOUBTFUL", isNumber: true), .init("PERHAPS", isNumber: true),
                .init("RUNNING", isNumber: true), .init("EXPECTED", isNumber: true),
            ])
        for (key, sum) in rows { table.add(key + cells(sum)) }
        if rows.count > 1 {
            let title = ["total"] + book.dimensions.dropFirst().map { _ in "" }
            table.add(title + cells(book.total))
        }
        for line in table.lines() { Output.line(line) }
        let unpriced = book.total.unpriced
        Output.note(
            "estimated from the price list; the provider's bill is what counts"
                + (unpriced > 0 ? "; \(unpriced) without a known price are not in the amounts" : "")
        )
    }

    private func cells(_ sum: SpendBook.Sum) -> [String] {
        [
            "\(sum.results)", sum.paid.description, "\(sum.doubtful)", sum.perhaps.description,
            "\(sum.running)", sum.expected.description,
        ]
    }

    private func line(_ book: SpendBook, _ key: [String]?, _ sum: SpendBook.Sum) -> JSON {
        var line = JSONObject()
        if let key {
            for (dimension, value) in zip(book.dimensions, key) {
                line[dimension.rawValue] = JSON(value)
            }
        } else {
            line["total"] = true
        }
        let amounts = [
            ("results", sum.results, "paid", sum.paid),
            ("doubtful", sum.doubtful, "perhaps", sum.perhaps),
            ("running", sum.running, "expected", sum.expected),
        ]
        for (name, count, amountName, amount) in amounts {
            line[name] = JSON(count)
            line[amountName] = JSON(amount.amount)
        }
        line["unpriced"] = JSON(sum.unpriced)
        line["currency"] = "CNY"
        line["estimated"] = true
        return JSON(line)
    }
}

extension SpendBook.Dimension: ExpressibleByArgument {}
