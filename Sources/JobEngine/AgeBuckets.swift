// Ages of a task in buckets of about five per cent, from a tenth of a second to twelve hours.

/// Integer edges, so that equal ages fall into equal buckets on every machine.
enum AgeBuckets {
    /// In milliseconds, ascending; bucket `i` reaches from edge `i` up to, but not including, edge `i + 1`.
    ///
    /// Twelve hours is how long the provider keeps a task (its pages); what is older falls into the last bucket.
    static let edges: [Int64] = {
        var edges: [Int64] = [0, 100]
        while let last = edges.last, last < 12 * 3_600_000 { edges.append(last + last / 20) }
        return edges
    }()

    static var count: Int { edges.count - 1 }

    static func lower(_ bucket: Int) -> Double { Double(edges[bucket]) }
    static func upper(_ bucket: Int) -> Double { Double(edges[bucket + 1]) }
    static func width(_ bucket: Int) -> Double { upper(bucket) - lower(bucket) }

    /// The bucket of an age in milliseconds.
    static func index(of age: Int64) -> Int {
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if edges[middle] <= age { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
