// Tests read as conversations: one line per request, with what is expected of its answer.

import FoundationEssentials
import JimengSimulator

/// A provider, a clock that only the test moves, and the tasks that were accepted.
struct Conversation {
    static let start = WallTime(basic: "20250715T081805Z") ?? WallTime(nanoseconds: 0)

    var provider: SimulatedProvider
    var now = start
    var signer = Signer.demo
    /// Ids of accepted tasks, also of those whose answer was then lost.
    var tasks: [String] = []
    var lastAnswer = SimulatedAnswer(status: 0)

    /// A provider whose tasks take 100 s: 10 s in the queue, 90 s generating.
    init(
        _ options: ProviderOptions = Conversation.options(), dial: FaultDial = FaultDial()
    ) {
        provider = SimulatedProvider(options, dial: dial)
    }

    static func options(
        concurrency: Int = 2, submits: Int = 1000, queries: Int = 1000, seed: UInt64 = 1,
        change: (inout ProviderOptions) -> Void = { _ in }
    ) -> ProviderOptions {
        var account = SimulatedAccount.demo
        account.concurrency = concurrency
        account.submitsPerSecond = submits
        account.queriesPerSecond = queries
        var options = ProviderOptions(
            accounts: [account], times: GenerationTimes(usual: .fixed(.seconds(100))), seed: seed)
        change(&options)
        return options
    }

    mutating func wait(_ time: Duration) { now = now + time }

    /// Submits a text-to-video job and tells the answer in a few words.
    mutating func submit(_ prompt: String = "a cat") -> String {
        submit(json: #"{"req_key":"jimeng_t2v_v30","prompt":"\#(prompt)"}"#)
    }

    mutating func submit(json: String) -> String {
        tell(signer.call("CVSync2AsyncSubmitTask", json, at: now))
    }

    /// Queries the task accepted as the `number`th.
    mutating func query(_ number: Int = 1, model: String = "jimeng_t2v_v30") -> String {
        guard number <= tasks.count else { return "no task \(number) was accepted" }
        return query(id: tasks[number - 1], model: model)
    }

    mutating func query(id: String, model: String = "jimeng_t2v_v30") -> String {
        query(json: #"{"req_key":"\#(model)","task_id":"\#(id)"}"#)
    }

    mutating func query(json: String) -> String {
        tell(signer.call("CVSync2AsyncGetResult", json, at: now))
    }

    mutating func get(_ target: String, _ headers: [HeaderField] = []) -> String {
        tell(SimulatedRequest(method: "GET", target: target, headers: headers))
    }

    /// Sends any request and tells the answer.
    mutating func tell(_ request: SimulatedRequest) -> String {
        lastAnswer = provider.handle(request, at: now)
        let reply = Reply(lastAnswer)
        if let id = reply.acceptedTask { tasks.append(id) }
        return reply.words
    }

    /// The invoice as of now.
    var invoice: Invoice { provider.invoice(at: now) }
}

/// What a client makes of an answer.
struct Reply {
    private struct Body: Decodable {
        struct Data: Decodable {
            let taskId: String?
            let status: String?
            let videoUrl: String?
            let imageUrls: [String]?
            let binaryDataBase64: [String]?

            enum CodingKeys: String, CodingKey {
                case taskId = "task_id"
                case status
                case videoUrl = "video_url"
                case imageUrls = "image_urls"
                case binaryDataBase64 = "binary_data_base64"
            }
        }
        struct Metadata: Decodable {
            struct Failure: Decodable {
                let codeN: Int

                enum CodingKeys: String, CodingKey { case codeN = "CodeN" }
            }
            let failure: Failure

            enum CodingKeys: String, CodingKey { case failure = "Error" }
        }
        let code: Int?
        let status: Int?
        let data: Data?
        let gateway: Metadata?

        enum CodingKeys: String, CodingKey {
            case code, status, data
            case gateway = "ResponseMetadata"
        }
    }

    let acceptedTask: String?
    let videoURL: String?
    /// `200 accepted`, `200 in_queue`, `200 done video`, `429 50430`, `401 100010`, `502 html`, ...
    let words: String

    init(_ answer: SimulatedAnswer) {
        let body = try? JSONDecoder().decode(
            Body.self, from: FoundationEssentials.Data(answer.body))
        let url = body?.data?.videoUrl ?? ""
        acceptedTask = body?.data?.taskId
        videoURL = url.isEmpty ? nil : url
        let meaning =
            if let error = body?.gateway?.failure {
                String(error.codeN)
            } else if let code = body?.code, code != 10000 {
                String(code)
            } else if body?.data?.taskId != nil {
                "accepted"
            } else if let data = body?.data, let status = data.status {
                status + (url.isEmpty ? "" : " video")
                    + (data.imageUrls == nil ? "" : " links")
                    + (data.binaryDataBase64?.isEmpty ?? true ? "" : " images")
            } else if answer.body.starts(with: "<html>".utf8) {
                "html"
            } else {
                answer.body.isEmpty ? "empty" : ""
            }
        let fault =
            switch answer.fault {
            case .dropBeforeHandling: ", dropped before"
            case .dropAfterHandling: ", dropped after"
            case .truncate: ", truncated"
            case nil: ""
            }
        words = meaning.isEmpty ? "\(answer.status)\(fault)" : "\(answer.status) \(meaning)\(fault)"
    }
}
