// What must hold for every seed, every dial and every order of calls.

import JimengSimulator
import Testing

@Suite("Properties")
struct PropertyTests {
    /// Two accounts with limits 2 and 5, faults of all kinds, and 400 random calls.
    private func play(seed: UInt64) -> (invoice: Invoice, truth: Truth, log: [SimulatedAnswer]) {
        let limits = [2, 5]
        let signers = [
            Signer(accessKeyID: "AK0", secret: "s0"), Signer(accessKeyID: "AK1", secret: "s1"),
        ]
        let accounts = zip(limits, signers).enumerated().map { index, pair in
            SimulatedAccount(
                name: "account\(index)",
                keys: [.init(accessKeyID: pair.1.accessKeyID, secret: pair.1.secret)],
                concurrency: pair.0, submitsPerSecond: 50, queriesPerSecond: 50)
        }
        var chance = SplitMix64(seed: seed)
        let times = GenerationTime.logNormal(median: .seconds(20), sigma: 1)
        var provider = SimulatedProvider(
            ProviderOptions(accounts: accounts, times: GenerationTimes(usual: times), seed: seed),
            dial: FaultDial.Preset.rough.dial)
        var now = Conversation.start
        var truth = Truth()
        var log: [SimulatedAnswer] = []
        for step in 1...400 {
            now = now + chance.duration(in: .zero ... .seconds(4))
            let signer = signers[Int.random(in: 0...1, using: &chance)]
            let asks = chance.chance(0.4) ? truth.tasks.randomElement(using: &chance) : nil
            let request =
                if let asks {
                    signer.call(
                        "CVSync2AsyncGetResult",
                        #"{"req_key":"jimeng_t2v_v30","task_id":"\#(asks)"}"#, at: now)
                } else {
                    signer.call(
                        "CVSync2AsyncSubmitTask",
                        #"{"req_key":"jimeng_t2v_v30","prompt":"job \#(step)"}"#, at: now)
                }
            let answer = provider.handle(request, at: now)
            truth.learn(answer)
            log.append(answer)
        }
        return (provider.invoice(at: now + .seconds(100_000)), truth, log)
    }

    /// What the answers say, before they are lost on their way.
    private struct Truth {
        var tasks: [String] = []

        mutating func learn(_ answer: SimulatedAnswer) {
            if let id = Reply(answer).acceptedTask { tasks.append(id) }
        }
    }

    @Test(
        "limits hold, every acceptance is on the invoice once, success is charged",
        arguments: 1...40)
    func promises(_ seed: Int) {
        let (invoice, truth, _) = play(seed: UInt64(seed))
        expectLimits(invoice)
        expectComplete(invoice, truth)
        let succeeded = invoice.lines.count { $0.outcome == .succeeded }
        #expect(invoice.chargedFen == Fen(140 * succeeded))
        #expect(invoice.lines.allSatisfy { $0.outcome != .unfinished })
    }

    /// Unfinished tasks never exceed the limit, at any instant.
    private func expectLimits(_ invoice: Invoice) {
        for account in invoice.accounts {
            let own = invoice.lines.filter { $0.account == account.name }
            // The most overlaps begin at some acceptance: count who runs at each.
            let most = own.map { line in
                own.count { other in
                    other.number <= line.number
                        && (other.finishedAt.map { $0 > line.acceptedAt } ?? true)
                }
            }
            .max()
            #expect(most ?? 0 <= account.concurrency)
            #expect(most == account.maximumUnfinished)
            #expect(own.count > 5)
        }
    }

    private func expectComplete(_ invoice: Invoice, _ truth: Truth) {
        #expect(Set(invoice.lines.map(\.taskID)).count == invoice.lines.count)
        #expect(Set(invoice.lines.map(\.bodySHA256)).count == invoice.lines.count)
        #expect(invoice.lines.map(\.number) == Array(1...invoice.lines.count))
        #expect(Set(truth.tasks).isSubset(of: invoice.lines.map(\.taskID)))
        #expect(Set(truth.tasks).count == truth.tasks.count)
        // Only a page or an emptied body hides an id from the one who sees whole answers.
        let hidden = invoice.lines.filter { !truth.tasks.contains($0.taskID) }
        let losses = hidden.map { $0.answerLoss ?? "none" }
        #expect(losses.allSatisfy { $0.hasPrefix("html_") || $0 == "empty" }, "\(losses)")
        #expect(invoice.requests["CVSync2AsyncSubmitTask"]?["10000"] == invoice.lines.count)
    }

    @Test("a run replays from its seed, and another seed is another run")
    func replay() {
        let (first, second, other) = (play(seed: 5), play(seed: 5), play(seed: 6))
        #expect(first.invoice == second.invoice)
        #expect(first.log == second.log)
        #expect(first.invoice != other.invoice)
    }
}
