// A model of a consumer group with the eager range assignor: members, epochs, rounds of rebalancing.

import JobEngine

/// One run of a worker's process.
struct Member: Hashable, Comparable {
    var worker: Int
    var run: Int

    static func < (left: Member, right: Member) -> Bool {
        (left.worker, left.run) < (right.worker, right.run)
    }
}

/// Decides who is in the group; the world delivers what it says, late.
struct Group {
    private(set) var members: Set<Member> = []
    private(set) var epoch: Epoch = 0
    private(set) var assignment: [LaneID: Member] = [:]
    /// The round that waits for members to join; nil while stable.
    private(set) var round: Round?
    private var rounds = 0

    struct Round {
        var number: Int
        var joined: Set<Member> = []
    }

    /// What the coordinator tells a member.
    enum Word {
        case revoke
        case assigned(Epoch, [LaneID])
        /// It is no longer a member.
        case lost
    }

    /// Whether a transaction may commit offsets under `epoch`.
    func accepts(_ member: Member, epoch: Epoch) -> Bool {
        members.contains(member) && epoch == self.epoch
    }

    mutating func join(_ member: Member, lanes: Int) -> [(Member, Word)] {
        members.insert(member)
        var words: [(Member, Word)] = []
        if round == nil { words = start() }
        round?.joined.insert(member)
        return words.filter { $0.0 != member } + completeIfAll(lanes)
    }

    mutating func leave(_ member: Member, lanes: Int) -> [(Member, Word)] {
        guard members.remove(member) != nil else { return [] }
        round?.joined.remove(member)
        guard !members.isEmpty else {
            round = nil
            assignment = [:]
            return []
        }
        return (round == nil ? start() : []) + completeIfAll(lanes)
    }

    /// The time for joining is over: whoever has not joined is out.
    mutating func timeOut(round number: Int, lanes: Int) -> [(Member, Word)] {
        guard let round, round.number == number else { return [] }
        let late = members.subtracting(round.joined)
        members.subtract(late)
        return late.sorted().map { ($0, Word.lost) } + completeIfAll(lanes)
    }

    private mutating func start() -> [(Member, Word)] {
        rounds += 1
        round = Round(number: rounds)
        return members.sorted().map { ($0, .revoke) }
    }

    private mutating func completeIfAll(_ lanes: Int) -> [(Member, Word)] {
        guard let round, round.joined == members else { return [] }
        self.round = nil
        epoch += 1
        assignment = [:]
        let sorted = members.sorted()
        guard !sorted.isEmpty else { return [] }
        var words: [(Member, Word)] = []
        var next = 0
        for (index, member) in sorted.enumerated() {
            let count = lanes / sorted.count + (index < lanes % sorted.count ? 1 : 0)
            let share = (next..<next + count).map(LaneID.init)
            for lane in share { assignment[lane] = member }
            next += count
            words.append((member, .assigned(epoch, share)))
        }
        return words
    }
}
