// Our small calendar against Foundation's, and the dates of HTTP.

import Foundation
import Testing

@testable import Jimeng

@Suite("UTC time")
struct UTCTimeTests {
    @Test("every day of four hundred years is spelled as Foundation spells it")
    func sameAsFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: Int64(0), to: 146_097, by: 13) {
            let seconds = day * 86_400 + day % 86_400
            let date = Date(timeIntervalSince1970: Double(seconds))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: date)
            let expected = String(
                format: "%04d%02d%02dT%02d%02d%02dZ", parts.year ?? 0, parts.month ?? 0,
                parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
            #expect(UTCTime(secondsSince1970: seconds).compact == expected)
        }
    }

    @Test("moments outside of the calendar become the nearest one inside")
    func clamps() {
        #expect(UTCTime(secondsSince1970: -5).compact == "19700101T000000Z")
        #expect(UTCTime(secondsSince1970: .max).compact == "99991231T235959Z")
    }

    @Test(
        "a date header is read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Int64(784_111_777)),
            ("Tue, 29 Feb 2028 12:00:00 GMT", 1_835_438_400),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ])
    func readsDate(_ text: String, _ seconds: Int64) {
        #expect(UTCTime(httpDate: text)?.secondsSince1970 == seconds)
    }

    @Test(
        "what is not a date header is none",
        arguments: [
            "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 6x Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        ])
    func refusesDate(_ text: String) {
        #expect(UTCTime(httpDate: text) == nil)
    }
}
