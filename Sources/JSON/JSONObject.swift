// A JSON object that keeps the order of its members and finds them by key.

/// The members of an object, in order, one per key.
///
/// Keys are the same when their bytes are (JSON knows no Unicode normalisation, Swift's `==` does).
/// Looking up is a linear walk in small objects and hashed in larger ones, so that an object with
/// very many members costs no more than its size.
package struct JSONObject: Sendable {
    package struct Member: Sendable, Hashable {
        package let key: String
        package var value: JSON
    }

    package private(set) var members: [Member] = []

    /// Positions by key; kept from the thirty-third member on.
    private var positions: [ExactKey: Int]?

    package init() {}

    /// Takes the members in order; the last of equal keys wins and takes the place of the first.
    package init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members { self[key] = value }
    }

    package var count: Int { members.count }

    package var isEmpty: Bool { members.isEmpty }

    package var keys: [String] { members.map(\.key) }

    /// The value of a key. Setting keeps the place of a known key and appends an unknown one; setting
    /// `nil` removes the member (to store a JSON null, set `.null`).
    package subscript(key: String) -> JSON? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[ExactKey(text: key)] }
        return members.firstIndex { ExactKey.same($0.key, key) }
    }

    private mutating func append(_ key: String, _ value: JSON) {
        positions?[ExactKey(text: key)] = members.count
        members.append(Member(key: key, value: value))
        if positions == nil, members.count > 32 { index() }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        if positions != nil { index() }
    }

    private mutating func index() {
        var positions = [ExactKey: Int](minimumCapacity: members.count)
        for (position, member) in members.enumerated() {
            positions[ExactKey(text: member.key)] = position
        }
        self.positions = positions
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> some IteratorProtocol<(key: String, value: JSON)> {
        members.lazy.map { (key: $0.key, value: $0.value) }.makeIterator()
    }
}

extension JSONObject: Hashable {
    /// The order of members does not count.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.members == right.members
            || left.members.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.reduce(0) { $0 ^ $1.hashValue })
    }
}

/// A key that is compared by its bytes.
private struct ExactKey: Hashable {
    let text: String

    static func == (left: ExactKey, right: ExactKey) -> Bool { same(left.text, right.text) }

    /// Not the string's own hash: that is one and the same for all spellings of a text that Unicode calls equal, of
    /// which a stranger can write thousands, and finding each among all the others takes quadratic time.
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Not `==`, which is slow on such texts.
    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }
}
