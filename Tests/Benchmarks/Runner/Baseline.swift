// The least that reading a ledger record can cost: its JSON as a tree.

import JSON

enum Baseline {
    static func parse(_ bytes: [UInt8]) {
        precondition((try? JSON(parsing: bytes)) != nil, "a ledger record is JSON")
    }
}
