// A lane's jobs by their ids, in little memory.

/// What a dictionary from ids to jobs is, except that jobs lie in chunks beside it.
///
/// A dictionary keeps between a quarter and two thirds of its places empty, and a job is large: with a hundred thousand
/// jobs that is a kilobyte and a half for each, and a pause whenever it grows. Here only numbers have empty places.
struct JobTable: Sendable {
    private var places: [JobID: Int] = [:]
    private var chunks: [[Job?]] = []
    private var vacant: [Int] = []

    private static let chunk = 128

    subscript(id: JobID) -> Job? {
        get { places[id].flatMap { chunks[$0 / Self.chunk][$0 % Self.chunk] } }
        _modify {
            if let place = places[id] {
                yield &chunks[place / Self.chunk][place % Self.chunk]
                if chunks[place / Self.chunk][place % Self.chunk] == nil { forget(id, place) }
            } else {
                var job: Job?
                yield &job
                if let job { insert(job, as: id) }
            }
        }
    }

    /// Where a job lies, for several looks at it in a row; good until jobs come or go.
    func index(forKey id: JobID) -> Int? { places[id] }

    /// Inlined, so that no look at a job copies it; see `SmallTable`.
    ///
    /// - Parameter place: of `index(forKey:)`.
    subscript(at place: Int) -> Job {
        @inline(__always) get { chunks[place / Self.chunk][place % Self.chunk]! }
        @inline(__always) _modify {
            yield &chunks[place / Self.chunk][place % Self.chunk]!
        }
    }

    mutating func removeValue(forKey id: JobID) -> Job? {
        guard let place = places[id] else { return nil }
        let job = chunks[place / Self.chunk][place % Self.chunk]
        chunks[place / Self.chunk][place % Self.chunk] = nil
        forget(id, place)
        return job
    }

    private mutating func insert(_ job: Job, as id: JobID) {
        let place = vacant.popLast() ?? places.count
        places[id] = place
        if place / Self.chunk == chunks.count {
            var fresh: [Job?] = []
            fresh.reserveCapacity(Self.chunk)
            chunks.append(fresh)
        }
        if place % Self.chunk == chunks[place / Self.chunk].count {
            chunks[place / Self.chunk].append(job)
        } else {
            chunks[place / Self.chunk][place % Self.chunk] = job
        }
    }

    private mutating func forget(_ id: JobID, _ place: Int) {
        places[id] = nil
        vacant.append(place)
        guard places.isEmpty else { return }
        // What a flood needed is given back when it is over.
        self = JobTable()
    }

    /// Every job where it lies, in no order that lasts; `values` copies each of them, and they are large.
    func forEach(_ body: (borrowing Job) -> Void) {
        for chunk in chunks {
            chunk.withUnsafeBufferPointer { places in
                for place in places.indices where places[place] != nil { body(places[place]!) }
            }
        }
    }

    /// In no order that lasts.
    var values: some Sequence<Job> { chunks.lazy.joined().compactMap(\.self) }
}
