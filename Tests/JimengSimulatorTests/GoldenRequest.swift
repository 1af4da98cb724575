// Golden signed requests of the vendor's SDK, the original script and an independent signer.

import JimengSimulator
import Testing

/// A request whose signature was made by other software. All credentials are fake.
struct GoldenRequest: Sendable, CustomTestStringConvertible {
    let id: String
    let key: SimulatedAccount.Key
    let date: String
    let target: String
    let headers: [HeaderField]
    let signedHeaders: String
    let signature: String
    let body: String

    var testDescription: String { id }

    /// The request as it was on the wire, with that signature or another one.
    func request(signature: String? = nil) -> SimulatedRequest {
        let authorization =
            "HMAC-SHA256 Credential=\(key.accessKeyID)/\(date.prefix(8))/cn-north-1/cv/request, "
            + "SignedHeaders=\(signedHeaders), Signature=\(signature ?? self.signature)"
        return SimulatedRequest(
            method: "POST", target: target,
            headers: headers + [HeaderField("Authorization", authorization)],
            body: Array(body.utf8))
    }
}

private let usualKey = SimulatedAccount.Key(
    accessKeyID: "AKLTZmFrZWtleWZha2VrZXlmYWtla2V5ZmFrZWtleTAx",
    secret: "V0ZoWmZtRnJaUzF6WldOeVpYUXRhMlY1TFc1dmRDMXlaV0ZzLWF0LWFsbA==")

extension GoldenRequest {
    static let all: [GoldenRequest] = [
        GoldenRequest(
            id: "sdk-01-submit-ascii",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "5bdb9490107fac3c262cfeea61c720e7f7369745769f4ea51d5ca626ccf49fe1",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
        GoldenRequest(
            id: "sdk-02-submit-chinese-default-json",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "1f031f5168998ae9743d60b1e10c1162d3f8f1f583497a707bf6e03ad24b9055"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "85729d9c816c21114298548f661cf0d1f08949fb660be73be6100a32cf32b1bf",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"\\u4eba\\u7269\\u7f13\\u7f13\\u671b\\u7740\\u955c"
                + "\\u5934\\uff0c\\u5e0c\\u533a\\u67ef\\u514b\\u5f0f\\u53d8\\u7126\\uff0c\\u4eba\\u7269"
                + "\\u4e0e\\u80cc\\u666f\\u79fb\\u901f\\u4e0d\\u540c\", \"seed\": -1, \"frames\": 121}"
        ),
        GoldenRequest(
            id: "sdk-04-get-result-req-json",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncGetResult&Version=2022-08-31",
            headers: [
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "075bd22265bbbc2ac83d1a8cd72898e8ecf91e26e03f0cea226db269262ebee8"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "0d163603c14e4ee0d20fcfc7cbd22288d29143fca33e3061cc0d1345cba04918",
            body:
                "{\"req_key\": \"jimeng_i2v_first_v30\", \"task_id\": \"7392616336519610409\", \"r"
                + "eq_json\": \"{\\\"aigc_meta\\\": {\\\"content_producer\\\": \\\"p\\\", \\\"producer_id\\\""
                + ": \\\"id-1\\\", \\\"content_propagator\\\": \\\"q\\\", \\\"propagate_id\\\": \\\"id-2\\\"}}\""
                + "}"),
        GoldenRequest(
            id: "sdk-05-submit-session-token",
            key: SimulatedAccount.Key(
                accessKeyID: "AKLTZmFrZWtleWZha2VrZXlmYWtla2V5ZmFrZWtleTAx",
                secret: "V0ZoWmZtRnJaUzF6WldOeVpYUXRhMlY1TFc1dmRDMXlaV0ZzLWF0LWFsbA==",
                sessionToken:
                    "STS2eyJMVEFjY2Vzc0tleUlkIjoiQUtMVGZha2UiLCJBY2Nlc3NLZXlJZCI6IkFLVFBmYWtlIn0="),
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Security-Token",
                    "STS2eyJMVEFjY2Vzc0tleUlkIjoiQUtMVGZha2UiLCJBY2Nlc3NLZXlJZCI6IkFLVF"
                        + "BmYWtlIn0="),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date;x-security-token",
            signature: "66eeb15bc82f15f4e549af418d6b370436bef4740cf7127a679d9fca7043f4a9",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
        GoldenRequest(
            id: "sdk-08-submit-host-8443",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Host", "localhost:8443"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "43f333756e6d1c585f711f092d41ba02dce0a802e6767581192538e6a96e962e",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
        GoldenRequest(
            id: "sdk-10-submit-host-80",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Host", "127.0.0.1:80"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "67845957b61ceb3b071888117935a22289452f23d07c0d548a809eb2af441ca8",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
        GoldenRequest(
            id: "sdk-21-escapes",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "e7f434e13fe08f229412ea7f492c38b05721758114a92b7137a7a0a6a7b721f9"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "621bc7c403fdd55053d1593ac5aec25c2b327dc8bd157a1ad0bafcc7eb64b324",
            body:
                "{\"req_key\":\"k\",\"prompt\":\"a\\\"b\\\\c/d\\te\\nf\\r\\u0001 🚀 \u{2028} \u{7f} é\"}"
        ),
        GoldenRequest(
            id: "sdk-31-query-space-plus-slash",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31&q=a+b%2Bc%2Fd~e-f_g.h%2Ai"
                + "&k+e%2Fy%2B=v",
            headers: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "e9303b9ae6dfca45b51150c4ac99422910b13f3c6d46ddfbc067e3a9faefa8f6",
            body: "{}"),
        GoldenRequest(
            id: "sdk-32-query-unicode",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31&%E6%A0%87%E9%A2%98=%E5%8D"
                + "%B3%E6%A2%A6+%E8%A7%86%E9%A2%91&emoji=%F0%9F%9A%80",
            headers: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "b0adf3920348b1542ea438fc839f75c179cc447e006d2de0771b613e98baeb78",
            body: "{}"),
        GoldenRequest(
            id: "sdk-42-content-type-charset",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Content-Type", "application/json; charset=utf-8"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "27c6bfcc53a16a2c7506d20eb15689d3649696e4bba4347a22ec54f2bdcc4642",
            body: "{}"),
        GoldenRequest(
            id: "sdk-52-date-start-of-year",
            key: usualKey,
            date: "20260101T000000Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20260101T000000Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "792b73b210f9084526f829b8533af5a4bf9925a9a44bf2b346d2cc65a2055951"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "ff072cde04b21f8cc2b1a225465acf58af44201866167704c9142a9b3ef2856e",
            body: "{\"req_key\":\"jimeng_i2v_first_v30\",\"image_urls\":[\"https://example.com/a/b"
                + ".jpg?x=1&y=2\"],\"prompt\":\"a slow dolly zoom\",\"seed\":-1,\"frames\":121}"),
        GoldenRequest(
            id: "sdk-53-date-leap-day",
            key: usualKey,
            date: "20280229T120000Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
                HeaderField("X-Date", "20280229T120000Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "792b73b210f9084526f829b8533af5a4bf9925a9a44bf2b346d2cc65a2055951"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "7c41a13fa7af66eaf70a82d1b5eb90b3b2118925265e64730b0b031708f42ab8",
            body: "{\"req_key\":\"jimeng_i2v_first_v30\",\"image_urls\":[\"https://example.com/a/b"
                + ".jpg?x=1&y=2\"],\"prompt\":\"a slow dolly zoom\",\"seed\":-1,\"frames\":121}"),
        GoldenRequest(
            id: "alt-01-host-xdate",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("host", "visual.volcengineapi.com"),
                HeaderField("x-date", "20250715T081805Z"),
            ],
            signedHeaders: "host;x-date",
            signature: "b79b3215acc6ea9b6317e1f97766b0d65a9b54c73fd310731b7bc12884660e09",
            body: "{\"req_key\":\"jimeng_i2v_first_v30\",\"image_urls\":[\"https://example.com/a/b"
                + ".jpg?x=1&y=2\"],\"prompt\":\"a slow dolly zoom\",\"seed\":-1,\"frames\":121}"),
        GoldenRequest(
            id: "alt-02-ct-host-xdate",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("content-type", "application/json"),
                HeaderField("host", "visual.volcengineapi.com"),
                HeaderField("x-date", "20250715T081805Z"),
            ],
            signedHeaders: "content-type;host;x-date",
            signature: "8cc13a9c3d2f2d51e51003975a5a3b1f8179d45c87000608c7c80680dce0d4cc",
            body: "{\"req_key\":\"jimeng_i2v_first_v30\",\"image_urls\":[\"https://example.com/a/b"
                + ".jpg?x=1&y=2\"],\"prompt\":\"a slow dolly zoom\",\"seed\":-1,\"frames\":121}"),
        GoldenRequest(
            id: "seed-01-submit",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "025a1e8fe0293035d80102c8b7f16a3eb008c64a48b30cfa2e1ec4dc774f62a3"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "7dc0ccf73812b00a5ec955c83135dc9192e7d40be9c08a0de66ac604399d83de",
            body: "{\"req_key\": \"jimeng_vgfm_i2v_l20\", \"image_urls\": [\"https://ogre.natalie."
                + "mu/media/news/comic/2025/0628/mugenjo_poster_ver2.jpg\"], \"prompt\": \"\\u4e"
                + "ba\\u7269\\u7f13\\u7f13\\u671b\\u7740\\u955c\\u5934\\uff0c\\u5e0c\\u533a\\u67ef\\u51"
                + "4b\\u5f0f\\u53d8\\u7126\\uff0c\\u4eba\\u7269\\u4e0e\\u80cc\\u666f\\u79fb\\u901f\\u4e"
                + "0d\\u540c\", \"aspect_ratio\": \"9:16\", \"seed\": -1}"),
        GoldenRequest(
            id: "seed-02-get",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncGetResult&Version=2022-08-31",
            headers: [
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "8ff56a6ac8ba327f518ee3053292c7f986b8acf32270889c7ecae9c4c7826dfd"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "f5793d8ac9be3758ac8ed53ea57258b77b2a3c20a8334e115b7c12aaf8f75403",
            body: "{\"req_key\": \"jimeng_vgfm_i2v_l20\", \"task_id\": \"7392616336519610409\"}"),
        GoldenRequest(
            id: "seed-08-other-credentials",
            key: SimulatedAccount.Key(
                accessKeyID: "AKIDEXAMPLE",
                secret: "wJalr+XUtn/FEMI/K7MDENG+bPxRfiCYEXAMPLE=="),
            date: "20260101T000000Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("X-Date", "20260101T000000Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "99fe2301f15714f1c63fe82cc32c6f4dceb0a6a7f2c20a4389ba79ab2cf9e031",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
        GoldenRequest(
            id: "seed-10-host-443",
            key: usualKey,
            date: "20250715T081805Z",
            target: "/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31",
            headers: [
                HeaderField("X-Date", "20250715T081805Z"),
                HeaderField(
                    "X-Content-Sha256",
                    "acbc45f03009d05ea439a4bccb2df901a1be0ddc61800ba5f390a86836bc974f"),
                HeaderField("Content-Type", "application/json"),
                HeaderField("Host", "visual.volcengineapi.com:443"),
            ],
            signedHeaders: "content-type;host;x-content-sha256;x-date",
            signature: "cacda4a44e65a354e000fe0695658880223d96af4f7ebb587498ff528112389b",
            body: "{\"req_key\": \"jimeng_i2v_first_v30\", \"image_urls\": [\"https://example.com/"
                + "a/b.jpg?x=1&y=2\"], \"prompt\": \"a slow dolly zoom\", \"seed\": -1, \"frames\": "
                + "121}"),
    ]
}
