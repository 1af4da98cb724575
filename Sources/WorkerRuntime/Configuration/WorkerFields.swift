// The table of all settings: the one place where names, defaults, bounds and meanings stand.

import Jimeng
import JobEngine
import Kafka
import Logging
import MediaAccess

/// Every setting there is. Secrets are given by `NAME`, or by `NAME_FILE`, the path of a file that holds them.
package enum WorkerFields {
    // MARK: Kafka

    static let bootstrapServers = Field<String>(
        "KAFKA_BOOTSTRAP_SERVERS", bounds: "host:port, comma-separated",
        "brokers to begin with; name several", parse: FieldTexts.servers)
    static let groupID = Field<String>(
        "KAFKA_GROUP_ID", standard: "jimeng-workers", bounds: "1 to 249 characters",
        "consumer group of all workers of one installation", parse: FieldTexts.plain)
    static let clientID = Field<String>(
        "KAFKA_CLIENT_ID", bounds: "1 to 249 characters",
        "name of this process in broker logs and records; without it `jimeng-HOST-PID`",
        parse: FieldTexts.plain)
    static let properties = Field<[String: String]>(
        "KAFKA_PROPERTIES", bounds: "key=value, comma-separated; a comma inside of a value is \\,",
        "any librdkafka properties: TLS, SASL, timeouts", isSecret: true,
        parse: FieldTexts.properties)
    static let transactionTimeout = Field<Duration>.duration(
        "KAFKA_TRANSACTION_TIMEOUT", .seconds(1) ... .seconds(900), standard: "15s",
        "after which the broker ends the transaction of a worker that went away")

    // MARK: The provider

    static let accessKey = Field<String>(
        "JIMENG_ACCESS_KEY", bounds: "text", "access key of the account", isSecret: true,
        parse: FieldTexts.asIs)
    static let secretKey = Field<String>(
        "JIMENG_SECRET_KEY", bounds: "text",
        "secret key as the console shows it, not decoded", isSecret: true,
        parse: FieldTexts.asIs)
    static let sessionToken = Field<String>(
        "JIMENG_SESSION_TOKEN", bounds: "text", "for temporary (STS) keys", isSecret: true,
        parse: FieldTexts.asIs)
    static let account = Field<String>(
        "JIMENG_ACCOUNT", standard: "default", bounds: "letters, digits, . _ -, up to 100",
        "name of the account in records and logs", parse: FieldTexts.name)
    static let concurrency = Field<Int>.integer(
        "JIMENG_CONCURRENCY", 1...10_000, standard: "2",
        "unfinished tasks that the account allows at once, over all workers")
    static let submitRate = Field<Double>.rate(
        "JIMENG_SUBMIT_QPS", upTo: 100_000, standard: "1", "submits per second, over all workers")
    static let queryRate = Field<Double>.rate(
        "JIMENG_QUERY_QPS", upTo: 100_000, standard: "5", "queries per second, over all workers")
    static let endpoint = Field<String>(
        "JIMENG_ENDPOINT", standard: "https://visual.volcengineapi.com", bounds: "URL",
        "the provider's address; http is for a simulator", parse: FieldTexts.asIs)
    static let allowsPlainText = Field<Bool>.flag(
        "JIMENG_ALLOW_PLAINTEXT", standard: "false",
        "lets an http endpoint be on another machine, where keys can be read on the way")
    static let defaultModel = Field<String>(
        "JIMENG_DEFAULT_MODEL", standard: ModelCatalogue.standardModel, bounds: "a model's key",
        "for requests that name none", parse: FieldTexts.model)

    // MARK: Topics

    static let requestsTopic = topic("JIMENG_REQUESTS_TOPIC", "jimeng.requests", "requests")
    static let ledgerTopic = topic(
        "JIMENG_LEDGER_TOPIC", "jimeng.ledger", "state of all jobs; compacted")
    static let resultsTopic = topic("JIMENG_RESULTS_TOPIC", "jimeng.results", "results")
    static let failuresTopic = topic("JIMENG_FAILURES_TOPIC", "jimeng.failures", "failures")
    static let progressTopic = topic(
        "JIMENG_PROGRESS_TOPIC", nil,
        "progress, such as `jimeng.progress`; without it none is written")
    static let lanes = Field<Int>.integer(
        "JIMENG_LANES", 1...10_000,
        "lanes (ledger partitions) that there must be: at most the request partitions and the "
            + "slots of any account; without it as many as there are")

    private static func topic(_ name: String, _ standard: String?, _ meaning: String)
        -> Field<String>
    {
        Field(
            name, standard: standard, bounds: "topic name", meaning, parse: FieldTexts.topic)
    }

    // MARK: How jobs are treated

    static let unknownSubmit = Field<Policy.UnknownSubmit>.choice(
        "JIMENG_UNKNOWN_SUBMIT", standard: "fail",
        "when the answer to a paid submit is lost: fail, or resubmit and perhaps pay twice")
    static let taskTimeout = Field<Duration>.duration(
        "JIMENG_TASK_TIMEOUT", .seconds(10) ... .seconds(12 * 3600), standard: "30m",
        "how long an accepted task is waited for")
    static let sendWindow = Field<Duration>.duration(
        "JIMENG_SEND_WINDOW", .seconds(1) ... .seconds(60), standard: "10s",
        "how long after an intent its submit may still be sent; shorter than session.timeout.ms "
            + "less heartbeat.interval.ms")
    static let submitTimeout = Field<Duration>.duration(
        "JIMENG_SUBMIT_TIMEOUT", .seconds(12) ... .seconds(600), standard: "60s",
        "how long a submit may take to be answered")
    static let unknownHold = Field<Duration>.duration(
        "JIMENG_UNKNOWN_HOLD", .seconds(0) ... .seconds(12 * 3600), standard: "10m",
        "how long a slot stays taken for a task of unknown fate")
    static let dedupWindow = Field<Duration>.duration(
        "JIMENG_DEDUP_WINDOW", .seconds(60) ... .seconds(30 * 86_400), standard: "1d",
        "how long the id of a finished job is remembered")
    static let retryTries = Field<Int>.integer(
        "JIMENG_RETRY_TRIES", 1...100, standard: "5",
        "tries that fail by the provider's or the network's fault before the job fails")
    static let windowJobs = Field<Int>.integer(
        "JIMENG_WINDOW_JOBS", 1...1_000_000, standard: "10000",
        "open jobs that a lane holds; the backlog beyond waits in Kafka, where tenants are not "
            + "told apart")
    static let prices = Field<[String: Price]>(
        "JIMENG_PRICES", bounds: "MODEL=AMOUNT/second, …/image or …/task, comma-separated",
        "prices in CNY that take the place of the catalogue's", parse: PriceText.table)
    static let budget = Field<Int64>.money(
        "JIMENG_BUDGET", "what all jobs together may cost a day, in CNY, over all workers")
    static let budgetExhausted = Field<Budget.Exhausted>.choice(
        "JIMENG_BUDGET_EXHAUSTED", standard: "wait",
        "what jobs do when the day's budget is used up: wait for the next day, or fail")
    static let budgetZone = Field<Duration>(
        "JIMENG_BUDGET_TIME_ZONE", standard: "+08:00", bounds: "distance from UTC",
        "whose midnight begins a day; the provider bills by Beijing time", parse: ZoneText.offset)
    static let tenants = Field<TenantTable>(
        "JIMENG_TENANTS", bounds: "NAME weight=1-1000 concurrency=… budget=…; NAME …",
        "shares of tenants; * is every other one, - the jobs without one",
        parse: TenantTable.parse)
    static let windowBytes = Field<Int>.bytes(
        "JIMENG_WINDOW_BYTES", (1 << 20)...(8 << 30), standard: "64MiB",
        "bytes of open requests that a lane holds")
    static let pollFirst = Field<Duration>.duration(
        "JIMENG_POLL_FIRST", .milliseconds(10) ... .seconds(600), standard: "3s",
        "no query of a task that is younger, whatever has been learned")
    static let pollShortest = Field<Duration>.duration(
        "JIMENG_POLL_SHORTEST", .milliseconds(10) ... .seconds(60), standard: "500ms",
        "shortest time between queries of one task")
    static let pollLongest = Field<Duration>.duration(
        "JIMENG_POLL_LONGEST", .seconds(1) ... .seconds(600), standard: "60s",
        "longest time between queries of one task, once it has been queried")
    static let pollUsual = Field<Duration>.duration(
        "JIMENG_POLL_USUAL", .milliseconds(100) ... .seconds(3600), standard: "150s",
        "usual time that five seconds of video take, until the worker has learned better")
    static let pollQueries = Field<Int>.integer(
        "JIMENG_POLL_QUERIES", 4...100_000,
        "queries of one task on average, at most; without it as many as the query rate allows")
    static let drainTimeout = Field<Duration>.duration(
        "JIMENG_DRAIN_TIMEOUT", .seconds(1) ... .seconds(120), standard: "25s",
        "how long a worker that gives up a lane waits for submits in the air")

    // MARK: Images

    static let imageNetworks = Field<[IPNetwork]>(
        "JIMENG_IMAGE_NETWORKS", bounds: "networks such as 127.0.0.0/8, comma-separated",
        "private networks in which images may be measured and products fetched; without it none",
        parse: FieldTexts.networks)
    static let imagePorts = Field<Set<Int>>(
        "JIMENG_IMAGE_PORTS", standard: "80,443", bounds: "ports, comma-separated",
        "ports from which images may be measured and products fetched", parse: FieldTexts.ports)

    // MARK: The process

    static let startTimeout = Field<Duration>.duration(
        "JIMENG_START_TIMEOUT", .seconds(1) ... .seconds(3600), standard: "60s",
        "how long a starting worker tries to reach the brokers before it gives up")
    static let adminAddress = Field<AdminSetting>(
        "JIMENG_ADMIN_ADDRESS", standard: "127.0.0.1:9464", bounds: "host:port, or off",
        "where /metrics, /livez and /readyz are served; if the default is taken, on a free port",
        parse: FieldTexts.admin)
    static let stallLimit = Field<Duration>.duration(
        "JIMENG_STALL_LIMIT", .seconds(30) ... .seconds(86_400), standard: "10m",
        "how long a watchdog may see no progress before the process ends, exit code 71")
    static let reloadInterval = Field<Duration>.duration(
        "JIMENG_RELOAD_INTERVAL", .seconds(0) ... .seconds(3600), standard: "10s",
        "how often the YAML file and files of secrets are looked at for changes; 0s: only on SIGHUP"
    )
    static let logLevel = Field<LogLevel>.choice(
        "JIMENG_LOG_LEVEL", standard: "info", "what is logged, and everything graver")
    static let logFormat = Field<LogFormat>.choice(
        "JIMENG_LOG_FORMAT", "how it is logged; without it human on a terminal, else json")
    static let config = Field<String>(
        "JIMENG_CONFIG", bounds: "path", "YAML file with the same names", parse: FieldTexts.asIs)

    /// All of them, in the order of the README.
    package static let all: [FieldInfo] =
        [
            bootstrapServers.info, groupID.info, clientID.info, properties.info,
            transactionTimeout.info,
            accessKey.info, secretKey.info, sessionToken.info, account.info, endpoint.info,
            allowsPlainText.info, concurrency.info, submitRate.info, queryRate.info,
            defaultModel.info,
            requestsTopic.info, ledgerTopic.info, resultsTopic.info, failuresTopic.info,
            progressTopic.info, lanes.info,
            unknownSubmit.info, taskTimeout.info, sendWindow.info, submitTimeout.info,
            unknownHold.info, dedupWindow.info, retryTries.info, prices.info, budget.info,
            budgetExhausted.info, budgetZone.info, tenants.info, windowJobs.info,
            windowBytes.info,
            pollFirst.info, pollShortest.info, pollLongest.info, pollUsual.info, pollQueries.info,
            drainTimeout.info,
            imageNetworks.info, imagePorts.info,
        ] + archiveInfos + [
            startTimeout.info, adminAddress.info, stallLimit.info, reloadInterval.info,
            logLevel.info, logFormat.info, config.info,
        ]

    /// Every name that may be given, `…_FILE` included.
    static let names: [String] = all.flatMap {
        $0.isSecret ? [$0.name, $0.name + "_FILE"] : [$0.name]
    }
}
