// Which ledger records are first entries of jobs.

import Kafka

/// An entry that was just accepted; cursors and later states are not counted.
func isEntry(_ record: Record) -> Bool {
    guard let key = record.key, let value = record.value else { return false }
    return !key.starts(with: "cursor/".utf8) && contains(value, Array(#""state":"accepted","#.utf8))
        && contains(value, Array(#""attempt":0"#.utf8))
}

private func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, bytes.count >= word.count else { return false }
    var start = bytes.startIndex
    while let next = bytes[start...].firstIndex(of: first), next + word.count <= bytes.count {
        if bytes[next..<next + word.count].elementsEqual(word) { return true }
        start = next + 1
    }
    return false
}
