-- Makes wrk print its totals as one line of numbers: microseconds, requests, then the errors of each kind.
function done(summary, latency, requests)
    local errors = summary.errors
    print(string.format("totals %d %d %d %d %d %d %d", summary.duration, summary.requests,
        errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
