// Prices as a setting: `jimeng_t2v_v30=0.28/second@2026-01-01,my_model=1.50/task`.

import Jimeng

enum PriceText {
    @Sendable static func table(_ text: String) throws(FieldFault) -> [String: Price] {
        var prices: [String: Price] = [:]
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=").map { word in
                String(word.filter { !$0.isWhitespace })
            }
            guard parts.count == 2, let price = price(parts[1]) else {
                throw FieldFault(
                    "must be MODEL=AMOUNT/second, …/image or …/task, with @yyyy-mm-dd for the price "
                        + "list's day if you like: \"\(item)\" is not")
            }
            guard prices.updateValue(price, forKey: parts[0]) == nil else {
                throw FieldFault("\"\(parts[0])\" has two prices")
            }
        }
        return prices
    }

    private static func price(_ text: String) -> Price? {
        let dated = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        let parts = dated[0].split(separator: "/", omittingEmptySubsequences: false)
        guard dated.count <= 2, parts.count == 2, let micro = MoneyText.micro(String(parts[0])),
            micro > 0, dated.count == 1 || Timestamp.day(dated[1]) != nil
        else { return nil }
        let unit: Price.Unit
        switch parts[1] {
        case "second": unit = .second
        case "image": unit = .image
        case "task": unit = .task
        default: return nil
        }
        return Price(
            perUnit: Cost(microYuan: micro), unit: unit, certainty: .vendor,
            listed: dated.count == 2 ? dated[1] : nil)
    }
}
