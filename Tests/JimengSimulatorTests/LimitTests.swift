// The limits of an account: unfinished tasks, submits and queries per second.

import JimengSimulator
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("concurrency counts unfinished tasks, and a finished one makes room at once")
    func concurrency() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(50))
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit() == "429 50430")
        talk.wait(.milliseconds(49_999))
        #expect(talk.submit() == "429 50430")
        talk.wait(.milliseconds(1))
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit() == "429 50430")
        #expect(talk.invoice.accounts[0].unfinished == 2)
        #expect(talk.invoice.accounts[0].maximumUnfinished == 2)
        #expect(talk.invoice.requests["CVSync2AsyncSubmitTask"] == ["10000": 3, "50430": 3])
        #expect(talk.invoice.refusedSubmits == 3)
    }

    @Test("submits per second are limited in any window of one second; refused ones do not count")
    func submitRate() {
        var talk = Conversation(Conversation.options(concurrency: 100, submits: 2))
        #expect(talk.submit() == "200 accepted")
        talk.wait(.milliseconds(600))
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit() == "429 50429")
        talk.wait(.milliseconds(399))
        #expect(talk.submit() == "429 50429")
        talk.wait(.milliseconds(1))
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit() == "429 50429")
    }

    @Test("queries have a limit of their own")
    func queryRate() {
        var talk = Conversation(Conversation.options(submits: 1, queries: 2))
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 in_queue")
        #expect(talk.query() == "200 in_queue")
        #expect(talk.query() == "429 50429")
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 in_queue")
    }

    @Test(
        "keys of one account share its limits; accounts do not, and do not see each other's tasks")
    func accounts() {
        let first = SimulatedAccount(
            name: "first",
            keys: [
                .init(accessKeyID: "AK1", secret: "one"), .init(accessKeyID: "AK2", secret: "two"),
            ], concurrency: 1)
        let second = SimulatedAccount(
            name: "second", keys: [.init(accessKeyID: "AK3", secret: "three")], concurrency: 1)
        var talk = Conversation(ProviderOptions(accounts: [first, second]))
        talk.signer = Signer(accessKeyID: "AK1", secret: "one")
        #expect(talk.submit() == "200 accepted")
        talk.signer = Signer(accessKeyID: "AK2", secret: "two")
        #expect(talk.submit() == "429 50430")
        #expect(talk.query() == "200 in_queue")
        talk.signer = Signer(accessKeyID: "AK3", secret: "three")
        #expect(talk.query() == "200 not_found")
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit() == "429 50430")
        #expect(talk.invoice.lines.map(\.account) == ["first", "second"])
        #expect(talk.invoice.lines.map(\.accessKeyID) == ["AK1", "AK3"])
        #expect(talk.invoice.accounts.map(\.accepted) == [1, 1])
    }

    @Test("time that goes backwards is read as the latest time seen")
    func backwards() {
        var talk = Conversation(Conversation.options(concurrency: 1))
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(-50))
        #expect(talk.query() == "200 done video")
    }
}
