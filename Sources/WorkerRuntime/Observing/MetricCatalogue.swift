// Every metric of a worker: the one place where names, labels and meanings stand; the docs are compared with it.

import JobEngine
package import Observability

/// Names follow Prometheus' conventions: base units, `_total` for counters. No label ever holds a job, a task or a
/// tenant: the values of each are few, and known from the configuration or from this code.
package enum MetricCatalogue {
    // MARK: The process

    static let buildInfo = MetricDescription.gauge(
        "jimeng_build_info", "Always 1; what runs, as labels", labels: ["version", "librdkafka"])
    static let uptime = MetricDescription.gauge(
        "jimeng_uptime_seconds", "How long the worker has been running")
    static let ready = MetricDescription.gauge(
        "jimeng_ready", "1 if /readyz says so, else 0")
    static let draining = MetricDescription.gauge(
        "jimeng_draining", "1 while the worker hands over its lanes to end")
    static let suppressedLines = MetricDescription.counter(
        "jimeng_log_lines_suppressed_total", "Log lines left out because they repeated others")

    static let reloads = MetricDescription.counter(
        "jimeng_config_reloads_total",
        "Changes of the configuration that were noticed (applied, refused)", labels: ["result"])
    static let reloadRefused = MetricDescription.gauge(
        "jimeng_config_reload_refused",
        "1 while the configuration that is written down is refused and an older one is in force")

    // MARK: Work that there is

    static let jobs = MetricDescription.gauge(
        "jimeng_jobs", "Jobs that the worker holds, by state", labels: ["state"])
    static let demand = MetricDescription.gauge(
        "jimeng_demand_jobs",
        "Jobs that want work now: ready, in flight, and requests not read yet; sum it up over all "
            + "workers to scale by")
    static let lag = MetricDescription.gauge(
        "jimeng_request_lag_records", "Requests of the lane that are in Kafka and not accepted yet",
        labels: ["lane"])
    static let oldestWaiting = MetricDescription.gauge(
        "jimeng_oldest_waiting_job_age_seconds",
        "Age of the oldest request among jobs that wait for a slot; 0 if none waits")
    static let remembered = MetricDescription.gauge(
        "jimeng_jobs_remembered", "Finished jobs whose ids are kept to recognise duplicates")
    static let openBytes = MetricDescription.gauge(
        "jimeng_open_request_bytes", "Bytes of the requests of open jobs")

    // MARK: Slots

    static let slotsBusy = MetricDescription.gauge(
        "jimeng_slots_busy", "Slots that a task, or a task of unknown fate, occupies",
        labels: ["account", "pool"])
    static let slotsCapacity = MetricDescription.gauge(
        "jimeng_slots_capacity", "Slots that the worker's lanes bring",
        labels: ["account", "pool"])
    static let slotsLimit = MetricDescription.gauge(
        "jimeng_slots_limit", "Slots that may be used after the provider's refusals",
        labels: ["account", "pool"])
    static let slotsPaused = MetricDescription.gauge(
        "jimeng_slots_paused", "Slots that are paused after a refusal", labels: ["account", "pool"])
    static let slotIdle = MetricDescription.counter(
        "jimeng_slot_idle_seconds_total", "Time that slots were free while jobs waited for one",
        labels: ["account", "pool"])

    // MARK: The provider

    static let submits = MetricDescription.counter(
        "jimeng_submits_total", "Submits by what the provider answered",
        labels: ["account", "meaning"])
    static let queries = MetricDescription.counter(
        "jimeng_queries_total", "Queries by what the provider answered",
        labels: ["account", "meaning"])
    static let callDuration = MetricDescription.histogram(
        "jimeng_call_duration_seconds", "Duration of calls (submit, query, probe, archive)",
        labels: ["call"], buckets: Buckets.calls)
    static let callsInFlight = MetricDescription.gauge(
        "jimeng_calls_in_flight", "Calls that wait for their answer", labels: ["call"])
    static let unknownSubmits = MetricDescription.counter(
        "jimeng_unknown_submits_total",
        "Submits whose answer was lost: a task may run, and be paid, that nobody knows of",
        labels: ["account"])
    static let accountRefused = MetricDescription.gauge(
        "jimeng_account_refused",
        "1 while the provider refuses the account (credentials, permission, arrears)",
        labels: ["account"])
    static let accountDown = MetricDescription.gauge(
        "jimeng_account_down",
        "1 while submits of the account fail one after the other and only probes are sent",
        labels: ["account"])
    static let detectionDelay = MetricDescription.histogram(
        "jimeng_detection_delay_seconds",
        "At most so late the end of a task was seen: since the last look that saw it running",
        labels: ["model"], buckets: Buckets.delays)

    // MARK: Outcomes

    static let accepted = MetricDescription.counter(
        "jimeng_jobs_accepted_total", "Requests that became jobs")
    static let outcomes = MetricDescription.counter(
        "jimeng_outcomes_total", "Outcomes; kind is none for a result",
        labels: ["outcome", "kind"])
    static let jobDuration = MetricDescription.histogram(
        "jimeng_job_duration_seconds", "From the request's time stamp to the outcome",
        labels: ["outcome"], buckets: Buckets.minutes)
    static let stageDuration = MetricDescription.histogram(
        "jimeng_job_stage_duration_seconds",
        "Parts of it: queued, submit, generating, finishing (writing the outcome)",
        labels: ["stage"], buckets: Buckets.minutes)
    static let retries = MetricDescription.counter(
        "jimeng_retries_total", "Attempts that came to nothing, of jobs that go on, by kind",
        labels: ["kind"])
    static let duplicates = MetricDescription.counter(
        "jimeng_duplicates_total", "Requests whose id was open or had succeeded")
    static let lateAnswers = MetricDescription.counter(
        "jimeng_late_answers_total", "Answers that no job waited for any more")
    static let orphanedTasks = MetricDescription.counter(
        "jimeng_orphaned_tasks_total",
        "Task ids that arrived after their job had ended: paid for nothing")
    static let lateDeliveries = MetricDescription.counter(
        "jimeng_late_deliveries_total", "Tasks that delivered after their job had been given up")
    static let spend = MetricDescription.counter(
        "jimeng_spend_total", "Money for what was delivered, by list price, in the currency's unit",
        labels: ["currency", "model"])

    static let reserved = MetricDescription.gauge(
        "jimeng_budget_reserved",
        "Money that the worker's lanes have set aside today, by list price, in the currency's unit",
        labels: ["currency"])
    static let exhaustedLanes = MetricDescription.gauge(
        "jimeng_budget_exhausted_lanes",
        "Lanes whose share of today's budget, or of a tenant's, is used up")

    // MARK: The ledger and lanes

    static let commitDuration = MetricDescription.histogram(
        "jimeng_ledger_commit_duration_seconds", "Duration of ledger transactions",
        buckets: Buckets.commits)
    static let batchSize = MetricDescription.histogram(
        "jimeng_ledger_batch_writes", "Writes in one ledger transaction", buckets: Buckets.counts)
    static let transactions = MetricDescription.counter(
        "jimeng_ledger_transactions_total",
        "Ledger transactions (committed, aborted, late: asked again, lost)", labels: ["result"])
    static let pendingWrites = MetricDescription.gauge(
        "jimeng_ledger_pending_writes", "Writes that are not committed yet")
    static let oldestWrite = MetricDescription.gauge(
        "jimeng_ledger_oldest_pending_write_age_seconds",
        "Age of the oldest write that is not committed yet; 0 if there is none")
    static let lanesOwned = MetricDescription.gauge(
        "jimeng_lanes_owned", "Lanes that the worker holds and works on")
    static let lanesRestoring = MetricDescription.gauge(
        "jimeng_lanes_restoring", "Lanes whose ledger is being read")
    static let lanesConfigured = MetricDescription.gauge(
        "jimeng_lanes_configured", "Lanes that there are in all")
    static let restores = MetricDescription.counter(
        "jimeng_lane_restores_total",
        "Take-overs of lanes (restored, resumed, failed: tried again)",
        labels: ["result"])
    static let restoreDuration = MetricDescription.histogram(
        "jimeng_lane_restore_duration_seconds", "Duration of take-overs that read the ledger",
        buckets: Buckets.calls)
    static let restoredEntries = MetricDescription.counter(
        "jimeng_lane_restored_entries_total", "Jobs that take-overs found in ledgers")
    static let rebalances = MetricDescription.counter(
        "jimeng_rebalances_total", "What the group did (assigned, revoked, lost)",
        labels: ["kind"])

    // MARK: Watchdogs

    static let stalled = MetricDescription.gauge(
        "jimeng_watchdog_stalled", "1 while a watchdog sees no progress", labels: ["watch"])
    static let stalls = MetricDescription.counter(
        "jimeng_watchdog_stalls_total", "Times that a watchdog saw no progress", labels: ["watch"])
    static let waiting = MetricDescription.gauge(
        "jimeng_watchdog_waiting_seconds", "How long a watchdog has been waiting for progress",
        labels: ["watch"])

    /// All of them, in the order of the docs.
    package static let all: [MetricDescription] =
        [
            buildInfo, uptime, ready, draining, suppressedLines, reloads, reloadRefused,
            jobs, demand, lag, oldestWaiting, remembered, openBytes,
            slotsBusy, slotsCapacity, slotsLimit, slotsPaused, slotIdle,
            submits, queries, callDuration, callsInFlight, unknownSubmits, accountRefused,
            accountDown, detectionDelay,
            accepted, outcomes, jobDuration, stageDuration, retries, duplicates, lateAnswers,
            orphanedTasks, lateDeliveries, spend, reserved, exhaustedLanes,
            commitDuration, batchSize, transactions, pendingWrites, oldestWrite, lanesOwned,
            lanesRestoring, lanesConfigured, restores, restoreDuration, restoredEntries, rebalances,
            stalled, stalls, waiting,
        ] + KafkaMetrics.catalogue + [MetricRegistry.dropped] + ProcessFacts.catalogue

    /// A registry for a process that runs a worker; to be given to `MetricsSystem.bootstrap`.
    package static func registry() -> MetricRegistry { MetricRegistry(all) }
}
