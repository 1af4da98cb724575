// The key pair that the simulated provider of a benchmark knows.

import Sandbox

enum Keys {
    static let access = Sandbox.accessKey
    static let secret = Sandbox.secretKey
}
