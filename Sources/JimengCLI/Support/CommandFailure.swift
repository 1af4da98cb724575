// How commands end when they do not succeed: exit codes and messages.

/// Exit codes, after sysexits.h; every command's help names those it uses.
enum ExitStatus: Int32 {
    /// The work was done and its outcome is bad.
    case failure = 1
    /// A wrong option or argument.
    case usage = 64
    /// Something needed cannot be reached.
    case unavailable = 69
    /// The program cannot go on.
    case `internal` = 70
    /// A watchdog saw no progress for too long.
    case stalled = 71
    /// Try again later.
    case temporary = 75
    case configuration = 78

    static let help = """
        EXIT CODES
          0 done   1 an outcome is a failure   64 wrong usage   69 unreachable   70 internal
          71 a worker's watchdog saw no progress for too long: start it again
          75 not finished: try again later     78 configuration or topics do not fit
        """
}

/// The end of a command, with what is to be said about it.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
