// Addresses, networks, and the table of what may be reached.

import MediaAccess
import Testing

@Suite("Internet addresses")
struct AddressTests {
    @Test(
        "texts of addresses are read and written canonically",
        arguments: [
            ("1.2.3.4", "1.2.3.4"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"),
            ("1::", "1::"), ("2001:DB8:0:0:0:0:2:1", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:1.2.3.4", "::ffff:102:304"),
            ("64:ff9b::8.8.8.8", "64:ff9b::808:808"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("0:0:0:0:0:0:0:0", "::"), ("fe80::0001", "fe80::1"),
        ])
    func texts(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(
        "other texts are no addresses",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x1.2.3.4", "1.2.3.4 ",
            "+1.2.3.4",
            "1.2..4", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::",
            "::1%eth0", "[::1]", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", "::+1",
            "1:2:3:4::5:6:7:8",
        ])
    func notAddresses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "networks hold what shares their prefix",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "200.1.1.1", true), ("0.0.0.0/0", "::1", false), ("::/0", "ff::1", true),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("::1/128", "::1", true), ("::1/128", "::2", false),
        ])
    func networks(network: String, address: String, holds: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == holds)
        #expect(IPNetwork(network.description) == network)
    }

    @Test(
        "other texts are no networks",
        arguments: [
            "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::1/127", "10.0.0.0/-1",
            "10.0.0.0/8/8", "x/8",
        ])
    func notNetworks(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}

@Suite("The address policy")
struct AddressPolicyTests {
    @Test(
        "addresses that are not public are refused",
        arguments: [
            ("0.0.0.0", "unspecified"), ("0.1.2.3", "unspecified"), ("10.1.2.3", "private"),
            ("100.64.0.1", "carrier-grade NAT"), ("100.100.100.200", "carrier-grade NAT"),
            ("127.0.0.1", "loopback"), ("127.255.255.254", "loopback"),
            ("169.254.1.1", "link-local"),
            ("169.254.169.254", "cloud metadata service"), ("168.63.129.16", "cloud host agent"),
            ("172.16.0.1", "private"), ("172.31.255.255", "private"),
            ("192.0.0.192", "reserved for protocols"),
            ("192.0.2.1", "documentation"), ("192.88.99.1", "6to4 relay"),
            ("192.168.1.1", "private"),
            ("198.18.0.1", "benchmarking"), ("198.19.255.255", "benchmarking"),
            ("198.51.100.7", "documentation"), ("203.0.113.9", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"), ("240.0.0.1", "reserved or broadcast"),
            ("255.255.255.255", "reserved or broadcast"), ("::", "unspecified"),
            ("::1", "loopback"),
            ("::7f00:1", "IPv4-compatible"), ("::ffff:127.0.0.1", "IPv4-mapped"),
            ("::ffff:8.8.8.8", "IPv4-mapped"), ("64:ff9b::169.254.169.254", "NAT64"),
            ("64:ff9b:1::1", "NAT64"), ("100::1", "discard only"), ("2001::1", "Teredo"),
            ("2001:10::1", "reserved for protocols"), ("2001:20::1", "reserved for protocols"),
            ("2001:db8::1", "documentation"), ("2002:7f00:1::", "6to4"),
            ("3fff::1", "documentation"),
            ("fc00::1", "private (unique local)"), ("fd00:ec2::254", "private (unique local)"),
            ("fe80::1", "link-local"), ("febf::1", "link-local"),
            ("fec0::1", "private (site-local)"),
            ("ff02::1", "multicast"), ("::ffff:0:127.0.0.1", "not a public IPv6 address"),
            ("5f00::1", "not a public IPv6 address"), ("4000::1", "not a public IPv6 address"),
            ("200::1", "not a public IPv6 address"),
        ])
    func refused(text: String, reason: String) throws {
        #expect(AddressPolicy().refusal(of: try #require(IPAddress(text))) == reason)
    }

    @Test(
        "public addresses may be reached, also just beside what is not",
        arguments: [
            "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888", "2606:4700::1111", "2001:200::1", "2001:db7::1", "2001:db9::1",
            "2003::1",
            "3ffe::1", "2a00::1",
        ])
    func allowed(text: String) throws {
        #expect(AddressPolicy().refusal(of: try #require(IPAddress(text))) == nil)
    }

    @Test("an allowed network is an exception for itself only")
    func exceptions() throws {
        let policy = AddressPolicy(
            allowedNetworks: ["127.0.0.0/8", "fd00::/16"].compactMap { IPNetwork($0) })
        func refusal(_ text: String) throws -> String? {
            policy.refusal(of: try #require(IPAddress(text)))
        }
        #expect(try refusal("127.0.0.1") == nil && refusal("fd00::1") == nil)
        #expect(try refusal("::1") == "loopback" && refusal("::ffff:127.0.0.1") == "IPv4-mapped")
        #expect(
            try refusal("fd01::1") == "private (unique local)" && refusal("10.0.0.1") == "private")
    }
}
