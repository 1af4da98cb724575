// Guesses which name was meant when one is not known.

enum NearestName {
    /// The known name that differs least, if it differs by little enough to have been meant.
    static func of(_ name: String, among known: [String]) -> String? {
        known.map { ($0, distance($0, name)) }
            .filter { $0.1 <= max(2, name.utf8.count / 4) }
            .min { $0.1 < $1.1 }?.0
    }

    /// ` (did you mean X?)`, or nothing.
    static func hint(for name: String, among known: [String]) -> String {
        of(name, among: known).map { "; did you mean \($0)?" } ?? ""
    }

    /// The least number of inserted, removed or changed bytes between two names.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (position, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for column in right.indices {
                let changed = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
