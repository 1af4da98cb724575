// A few large values by their keys, looked at and changed where they lie.

/// What a small dictionary is, except that a value can be changed where it lies, and that keys have an order.
///
/// A dictionary's accessors are calls, each with a frame on the heap that a value is moved through: for lanes, buckets and
/// histories, which every event looks at and changes, that was more than half of what an event cost. The accessor by index
/// is inlined; the one by key is for what happens rarely. Keys are found by halving.
struct SmallTable<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    /// In ascending order.
    private(set) var keys: [Key] = []
    /// In the order of their keys.
    private(set) var values: [Value] = []

    var count: Int { keys.count }
    var isEmpty: Bool { keys.isEmpty }

    subscript(key: Key) -> Value? {
        get { index(forKey: key).map { values[$0] } }
        _modify {
            let place = place(of: key)
            let isKnown = place < keys.count && keys[place] == key
            var value = isKnown ? values.remove(at: place) : nil
            defer {
                if let value { values.insert(value, at: place) }
                if isKnown, value == nil { keys.remove(at: place) }
                if !isKnown, value != nil { keys.insert(key, at: place) }
            }
            yield &value
        }
    }

    /// Where a value lies; good until keys come or go.
    func index(forKey key: Key) -> Int? {
        let place = place(of: key)
        return place < keys.count && keys[place] == key ? place : nil
    }

    /// Likewise; a key that is new gets `value`.
    mutating func index(forKey key: Key, orInsert value: @autoclosure () -> Value) -> Int {
        let place = place(of: key)
        if place == keys.count || keys[place] != key {
            keys.insert(key, at: place)
            values.insert(value(), at: place)
        }
        return place
    }

    /// A getter and no `_read`: inlined it copies no more than what is asked for, while unoptimised code of Swift 6.3.1
    /// frees a property of what `_read` yields once too often if that property's own getter is called.
    ///
    /// - Parameter place: of `index(forKey:)`.
    subscript(at place: Int) -> Value {
        @inline(__always) get { values[place] }
        @inline(__always) _modify { yield &values[place] }
    }

    @discardableResult
    mutating func removeValue(forKey key: Key) -> Value? {
        index(forKey: key).map { remove(at: $0) }
    }

    @discardableResult
    mutating func remove(at place: Int) -> Value {
        keys.remove(at: place)
        return values.remove(at: place)
    }

    /// Of the first key that is not below `key`.
    private func place(of key: Key) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
