namespace Shims.AspNetTests;

/// <summary>What no client and no app should do, and some do.</summary>
internal static class OddQuestions
{
    internal static readonly Question[] All =
    [
        // Targets.
        new("an encoded NUL", "/request/a%00b"),
        new("a path that leads above the root", "/request/../../../../request/a"),
        new("an encoded path that leads above the root", "/%2e%2e/%2e%2e/request/a"),
        new("two slashes at the start", "//request/a"),
        new("a stray percent sign", "/request/a%"),
        new("a percent sign before no digits", "/request/a%zz"),
        new("a long query", "/request/a?" + new string('q', 6000)),
        new("a query with encoded bytes", "/request/a?x=%00%FF&y=%0d%0a"),
        new("an encoded question mark and number sign", "/request/a%3Fb%23c"),
        new("a path of dots", "/request/..."),
        new("a path with case", "/REQUEST/a"),
        new("an unknown path with a slash at its end", "/hello/you/"),
        new("a method that is not allowed", "/hello/you") { Method = "DELETE" },
        new("HEAD where there is only GET", "/hello/you") { Method = "HEAD" },
        new("a header of 4,000 bytes", "/request/h") { Headers = ["X-Long: " + new string('l', 4000)] },
        new("many headers", "/request/h") { Headers = [.. Enumerable.Range(0, 80).Select(static i => $"X-Number-{i}: {i}")] },
        new("a header with blanks around its value", "/request/h") { Headers = ["X-Padded:   a  b  "] },
        new("a body of GET", "/request/b") { Body = "a body"u8.ToArray() },
        new("a body of DELETE", "/request/b") { Method = "DELETE", Body = "a body"u8.ToArray() },
        new("a content type without a body", "/request/b") { Headers = ["Content-Type: application/json"] },
        // Statuses.
        new("status 99", "/status/99"), new("status 0", "/status/0"), new("status -1", "/status/-1"), new("status 999", "/status/999"), new("status 1000", "/status/1000"),
        new("HEAD of status 204", "/status/204") { Method = "HEAD" }, new("HEAD of status 304", "/status/304") { Method = "HEAD" },
        // Headers, lengths and ends of a response.
        .. Gets("null-header", "header-name", "empty-header-name", "large-header", "many-headers", "padded-header", "trailer", "clear", "clear-late"),
        .. Gets("negative-length", "length-text", "length-twice", "length-removed", "zero-length", "length-in-writer", "short", "not-modified", "no-content-length", "reset-content"),
        .. Gets("flush-only", "nothing-written", "nothing-advanced", "advance-too-far"),
        .. Gets("completed-callback-throws", "complete-and-write", "complete-and-throw", "complete-and-abort", "body-replaced", "body-disposed", "writer-completed", "writer-failed"),
        .. Gets("cancelled-write", "stream", "late-callback", "buffering-late"),
        .. Heads("length-in-writer", "short", "not-modified", "flush-only", "nothing-written"),
        new("a body that is read twice", "/odd/buffered") { Method = "POST", Body = new byte[100_000] },
    ];

    private static IEnumerable<Question> Gets(params string[] names) => names.Select(static name => new Question("odd: " + name, "/odd/" + name));

    private static IEnumerable<Question> Heads(params string[] names) => names.Select(static name => new Question("odd: HEAD of " + name, "/odd/" + name) { Method = "HEAD" });
}
