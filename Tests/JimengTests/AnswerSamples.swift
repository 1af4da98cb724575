// Bodies of answers as the provider sends them, for all tests that read answers.

@testable import Jimeng

enum AnswerSamples {
    static func raw(_ status: Int, _ body: String, retryAfter: String? = nil) -> RawAnswer {
        RawAnswer(status: status, retryAfter: retryAfter, body: Array(body.utf8))
    }

    /// A bare error of the service, as it comes with that code.
    static func service(_ code: Int, _ status: Int, message: String = "m") -> RawAnswer {
        raw(
            status,
            #"{"code":\#(code),"data":null,"message":"\#(message)","request_id":"r-1","#
                + #""status":\#(code),"time_elapsed":"84.448µs"}"#)
    }

    static func gateway(_ number: Int, _ name: String, _ status: Int) -> RawAnswer {
        raw(
            status,
            #"{"ResponseMetadata":{"RequestId":"r-2","Action":"A","Version":"2022-08-31","#
                + #""Service":"cv","Region":"cn-north-1","Error":{"CodeN":\#(number),"#
                + #""Code":"\#(name)","Message":"m"}}}"#)
    }

    static let accepted =
        #"{"code":10000,"data":{"task_id":"7392616336519610409"},"message":"Success","#
        + #""request_id":"r-3","status":10000,"time_elapsed":"57.354545ms"}"#

    static let wrapped =
        #"{"ResponseMetadata":{"RequestId":"r-4","Action":"A"},"Result":{"code":10000,"#
        + #""data":{"task_id":"7392616336519610409"},"message":"Success"}}"#

    static let wrappedError =
        #"{"ResponseMetadata":{"RequestId":"r-5","Error":{"CodeN":0,"Code":"50215","#
        + #""Message":"Input invalid for this service."}}}"#

    /// The id in the samples; nineteen digits are always one.
    static let task = TaskID("7392616336519610409")!

    static func state(_ data: String) -> RawAnswer {
        raw(200, #"{"code":10000,"data":\#(data),"message":"Success","request_id":"r-6"}"#)
    }

    /// As it really was.
    static let waiting =
        #"{"binary_data_base64":[],"image_urls":null,"resp_data":"","status":"in_queue","#
        + #""video_url":""}"#

    static let doneVideo =
        #"{"status":"done","video_url":"https://v.x/1.mp4","aigc_meta_tagged":true}"#

    static let html =
        "<html>\r\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
}
