// A thing that reads bytes from strangers, and what must hold whatever they are.

import JimengSimulator
import Testing

/// One reader of hostile bytes.
struct FuzzTarget: Sendable {
    /// Names the folder of its corpus.
    let name: String
    /// Inputs to begin with, besides the corpus.
    var seeds: [[UInt8]] = []
    /// What mutations put in: words of the grammar and snippets known to hurt.
    var words: [[UInt8]] = Nasty.words
    /// How many inputs of an ordinary target one of this costs; divides the number of runs.
    var cost = 1
    /// A new input by the grammar.
    let make: @Sendable (inout SplitMix64) -> [UInt8]
    /// Reads an input and checks what must hold.
    ///
    /// Returns what was seen, in a few words: an input that shows something new is kept for mutation.
    let check: @Sendable ([UInt8]) throws(Broken) -> String
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}

/// A promise that an input broke.
struct Broken: Error {
    /// A few words with hyphens; names the corpus file.
    let what: String
    let detail: String

    init(_ what: String, _ detail: String = "") {
        self.what = what
        self.detail = detail
    }
}

/// Throws unless the promise holds.
func hold(
    _ condition: Bool, _ what: String, _ detail: @autoclosure () -> String = ""
) throws(Broken) {
    if !condition { throw Broken(what, String(detail().prefix(500))) }
}

/// The value, or the promise that there would be one is broken.
func need<Value>(
    _ value: Value?, _ what: String, _ detail: @autoclosure () -> String = ""
) throws(Broken) -> Value {
    guard let value else { throw Broken(what, String(detail().prefix(500))) }
    return value
}
