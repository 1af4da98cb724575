// How much is read: the window of open jobs and bytes.

import JobEngine
import Testing

@Suite("The window")
struct WindowTests {
    @Test("partitions get equal helpings of the window")
    func helpings() {
        var talk = Conversation(Samples.policy { $0.windowJobs = 20 })
        #expect(talk.acquires(partitions: [0, 1]) == ["read 0 10", "read 1 10"])
    }

    @Test("a helping is bounded")
    func largest() {
        var talk = Conversation(Samples.policy { $0.windowJobs = 10_000 })
        #expect(talk.acquires() == ["read 0 64"])
    }

    @Test("a full window reads no more; an ended job lets the next one in")
    func full() {
        var talk = Conversation(Samples.steadyPolicy { $0.windowJobs = 2 })
        #expect(talk.acquires() == ["read 0 2"])
        talk.reads("a")
        #expect(talk.reads("b") == ["write b accepted, cursor 2"])
        talk.commits()
        talk.commits()
        #expect(
            talk.submitted("a", .refused(.final)) == [
                "write a finished, failed upstream", "read 0 1",
            ])
    }

    @Test("records that become no job close the window too, until they are committed")
    func refused() {
        var talk = Conversation(Samples.steadyPolicy { $0.windowJobs = 4 })
        #expect(talk.acquires() == ["read 0 4"])
        var asked = 4
        for number in 1...100 where asked > 0 {
            asked -= 1
            for case let word in talk.readsRubbish("r\(number)") where word.hasPrefix("read") {
                asked += word.split(separator: " ").last.flatMap { Int($0) } ?? 0
            }
            #expect(number < 8, "what is not committed is bounded")
        }
        #expect(talk.commits() == ["read 0 4"])
    }

    @Test("bytes close the window too")
    func bytes() {
        var talk = Conversation.owner(Samples.steadyPolicy { $0.windowBytes = 100 })
        for number in 1...64 {
            let payload = [UInt8](repeating: 0, count: 10)
            let words = talk.reads("j\(number)") { $0.payload = payload }
            #expect(words.contains { $0.hasPrefix("read") } == false || number < 10)
        }
        talk.commits()
        talk.commits()
        #expect(talk.submitted("j1", .refused(.final)).filter { $0.hasPrefix("read") } == [])
    }

    @Test("more partitions than window: each still gets one record at a time")
    func manyPartitions() {
        var talk = Conversation(Samples.steadyPolicy { $0.windowJobs = 4 })
        let words = talk.acquires(partitions: [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(words == (0...7).map { "read \($0) 1" })
    }

    @Test("records that nobody asked for do not stretch the next helping")
    func unasked() {
        var talk = Conversation(Samples.steadyPolicy { $0.windowJobs = 4 })
        talk.acquires()
        for number in 1...6 { talk.reads("j\(number)") }
        talk.commits()
        talk.waits(1)
        talk.commits()
        var helping: [String] = []
        for number in 1...2 {
            helping += talk.submitted("j\(number)", .refused(.final)).filter {
                $0.hasPrefix("read")
            }
        }
        talk.commits()
        talk.waits(1)
        talk.commits()
        for number in 3...4 {
            helping += talk.submitted("j\(number)", .refused(.final)).filter {
                $0.hasPrefix("read")
            }
        }
        #expect(helping == ["read 0 1"])
    }

    @Test("open jobs and what was asked for stay within twice the window and one per partition")
    func bound() {
        var talk = Conversation(Samples.steadyPolicy { $0.windowJobs = 10 })
        var asked = [Int](repeating: 0, count: 3)
        func note(_ words: [String]) {
            for word in words where word.hasPrefix("read") {
                let parts = word.split(separator: " ").compactMap { Int($0) }
                asked[parts[0]] += parts[1]
            }
        }
        note(talk.acquires(partitions: [0, 1, 2]))
        var open = 0
        for number in 1...1000 {
            let partition = [0, 0, 0, 1, 0, 2][number % 6]
            guard asked[partition] > 0 else { continue }
            asked[partition] -= 1
            open += 1
            note(talk.reads("j\(number)", partition: Int32(partition)))
            #expect(open + asked.reduce(0, +) <= 23)
        }
        #expect(open >= 10)
    }

    @Test("a partition that is added is read from where it was told")
    func added() {
        var talk = Conversation.owner()
        #expect(
            talk.hears(.partitionsAdded(LaneID(0), [Samples.partition(4): 0])) == ["read 4 50"])
    }
}
