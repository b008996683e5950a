namespace Shims;

/// <summary>Every size, count and wait that has a bound, with its default and the reason for it.</summary>
internal sealed class Limits
{
    /// <summary>FastCGI requests that may be open on one connection: a web server that opens ever more without finishing one must not cost ever more memory.</summary>
    internal const int RequestsOfAConnection = 256;

    /// <summary>A body of up to so many bytes is in the socket's buffer already, and fits into a pipe. pipe(7): 16 pages.</summary>
    internal const int SmallBody = 64 * 1024;

    /// <summary>Bytes that the pipe holds through which a larger body goes, or a response that is longer than <see cref="OutputInMemory"/>: four times the usual; a user may have 256 such pipes before the system gives smaller ones. pipe(7).</summary>
    internal const int LargePipe = 256 * 1024;

    /// <summary>Bytes of a body that are kept in memory before a file takes the rest: one request costs no more than a web server's own buffers.</summary>
    internal const int BodyInMemory = 256 * 1024;

    /// <summary>
    /// Milliseconds for which a script that has enough of the body to read may leave it unread before the rest is taken in without it: far less than the minute
    /// after which web servers give up sending.
    /// </summary>
    internal const int ReadingPatience = 10_000;

    /// <summary>Bytes of output that wait for the web server: as much as a pipe holds, so that one read empties it.</summary>
    internal const int OutputInMemory = 64 * 1024;

    /// <summary>Bytes of a script's header block: web servers take 4 to 64 KiB.</summary>
    internal const int ResponseHeader = 64 * 1024;

    /// <summary>Bytes of a script's error output that are kept to explain a failure: its last lines.</summary>
    internal const int ErrorTail = 1024;

    /// <summary>Bytes of a script's error output that wait until the header of its response has gone out: what a pipe holds. A web server's buffer for the header takes in what comes before it.</summary>
    internal const int HeldErrors = 64 * 1024;

    /// <summary>Bytes of error output of one request that are logged: more than a person reads, and a script that repeats one line for ever cannot fill the disk with it.</summary>
    internal const long ScriptErrors = 16 * 1024 * 1024;

    /// <summary>Bytes of the path that was asked for, in a log line.</summary>
    internal const int RequestedPath = 200;

    /// <summary>Milliseconds after which a web server that leaves without a response is worth a line in the log: browsers that go elsewhere do it sooner, web servers that give up do it later.</summary>
    internal const int SlowResponse = 5000;

    /// <summary>Bytes of a field of the access log, such as a request's path and query: as long as browsers send, and no longer.</summary>
    internal const int AccessField = 2048;

    /// <summary>Capsules that <c>--record</c> keeps: enough for a day of a failing job, few enough to look through.</summary>
    internal const int Capsules = 100;

    /// <summary>Bytes of a capsule: the largest header there is by default, three times, and a body; all of them together fit on any disk.</summary>
    internal const int CapsuleSize = 1024 * 1024;

    /// <summary>Bytes of a request's body that a capsule keeps: every form without files.</summary>
    internal const int RecordedBody = 64 * 1024;

    /// <summary>Bytes of a script's error output that a capsule keeps: a few stack traces.</summary>
    internal const int RecordedErrors = 16 * 1024;

    /// <summary>Bytes of a script's output that a capsule keeps: the header, and the beginning of its own error page.</summary>
    internal const int RecordedReply = 8 * 1024;

    /// <summary>Milliseconds between a script's first output and sending it, if the script does not end sooner: the shortest time that epoll(7) waits.</summary>
    internal const int EndMoment = 1;

    /// <summary>Milliseconds between the end of a script's output and taking its response for complete although it runs on.</summary>
    internal const int EndGrace = 1000;

    /// <summary>Milliseconds between asking a script to end (SIGTERM) and ending it (SIGKILL).</summary>
    internal const int KillGrace = 2000;

    /// <summary>Milliseconds for which a web server may take nothing of a small response, most of which the kernel holds for it anyway.</summary>
    internal const int EarlySendMilliseconds = 60_000;

    /// <summary>
    /// Milliseconds between the peer's end of sending and taking it for gone. Web servers never end one direction only, but people with nc and socat do,
    /// and want to see the response.
    /// </summary>
    internal const int HalfCloseGrace = 2000;

    /// <summary>Open files below which a listening socket cannot be served.</summary>
    internal const int LeastDescriptors = 11;

    /// <summary>
    /// Descriptors below the limit from which on connections with nothing in flight give way: enough for the scripts of two requests. A quarter of the limit at most,
    /// as under a small one hardly any connection could be kept.
    /// </summary>
    internal const int SpareDescriptors = 16;

    /// <summary>Requests of one process that wait for a slot, each with its connection and its body: more would not be answered in the time
    /// that web servers wait.</summary>
    internal const int WaitingRequests = 1000;

    /// <summary>Milliseconds between two looks for a free slot, for the request that is next; for those after it as many times as long, up
    /// to the second.</summary>
    internal const int SlotLook = 5, LongestSlotLook = 250;

    /// <summary>Numbers of processes that are tried one by one after a script's end. Where more were given since its start, all of /proc is listed.</summary>
    internal const int NumbersToTry = 1000;

    /// <summary>Milliseconds between two looks of process 1 at the processes that scripts have left to it.</summary>
    internal const int OrphanLook = 2000;

    /// <summary>Milliseconds between two looks at a log without room: nothing tells when there is some again.</summary>
    internal const int LogRetry = 10;

    /// <summary>Milliseconds between two looks whether the peer has taken all that was sent, before a connection is reset.</summary>
    internal const int BreakLook = 20;

    /// <summary>Milliseconds for which the rest of an unread body is awaited, so that the response to it is not lost.</summary>
    internal const int DrainTime = 30_000;

    /// <summary>Seconds without a byte of a body that is expected, or of a response that waits to be sent, after which a request ends: what web servers wait for each other.</summary>
    internal const int DefaultProgressSeconds = 60;

    /// <summary>Milliseconds for which a kept connection of FastCGI or AJP13 may be without a request: longer than web servers keep one.</summary>
    internal const int KeptConnection = 600_000;

    /// <summary>
    /// Milliseconds that a connection has for its first request although the process is to end. Web servers connect and write in two steps, and the process that has accepted the
    /// connection is the only one who can answer it.
    /// </summary>
    internal const int FirstRequestGrace = 2000;

    /// <summary>Milliseconds for which a process whose program has been replaced goes on accepting while requests are in flight: longer than most reports take.</summary>
    internal const int OutdatedTime = 600_000;

    /// <summary>Milliseconds between two log lines about one state that goes on, such as having no descriptor left.</summary>
    internal const int NoticeInterval = 60_000;

    /// <summary>Seconds that requests in flight get after SIGTERM. Half of what systemd allows before it kills.</summary>
    internal const int DefaultFinishSeconds = 45;

    /// <summary>nginx and Apache accept at most 64 KiB from a browser, and add few variables.</summary>
    internal const int DefaultHeaderSize = 256 * 1024;

    /// <summary>The web server has the whole header before it connects.</summary>
    internal const int DefaultHeaderSeconds = 30;

    /// <summary><c>--max-header</c>, bytes.</summary>
    internal int HeaderSize { get; init; } = DefaultHeaderSize;

    /// <summary>Bytes of parameters of all requests on one FastCGI connection: it may have 256 of them open, and few web servers have two.</summary>
    internal int ConnectionHeaderSize => 4 * HeaderSize;

    /// <summary><c>--header-timeout</c>, seconds.</summary>
    internal int HeaderSeconds { get; init; } = DefaultHeaderSeconds;

    /// <summary><c>--max-body</c>, bytes: above what web servers let through unless told otherwise, below what fills a disk.</summary>
    internal long BodySize { get; init; } = 2L << 30;

    /// <summary><c>--timeout</c>, seconds, or null if it was not given.</summary>
    internal int? ScriptSeconds { get; init; }

    /// <summary>Seconds for a script whose end the shim waits for anyway: a backstop, as web servers give up after one to five minutes of silence.</summary>
    internal int ScriptSecondsOrDefault => ScriptSeconds ?? 3600;

    /// <summary>Seconds without a byte after which a request ends, which is no longer than a script may take for all of it. See <see cref="DefaultProgressSeconds"/>.</summary>
    internal int ProgressSeconds => Math.Min(ScriptSeconds ?? DefaultProgressSeconds, DefaultProgressSeconds);

    /// <summary>Milliseconds as <see cref="HalfCloseGrace"/> has them, before the peer is taken for gone.</summary>
    internal int GoneAfter { get; init; } = HalfCloseGrace;

    /// <summary><c>--finish-time</c>, seconds between SIGTERM and the end of the process.</summary>
    internal int FinishSeconds { get; init; } = DefaultFinishSeconds;

    /// <summary>
    /// <c>--output-wait</c>, seconds without output, after the script has ended, for which a process that holds its output is waited for: long enough for what a background
    /// process still has to write, and short enough for a browser.
    /// </summary>
    internal int OutputWaitSeconds { get; init; } = 5;

    /// <summary><c>--cpu</c>, seconds of processor time; 0 for what the super-server set.</summary>
    internal long CpuSeconds { get; init; }

    /// <summary><c>--memory</c>, bytes of address space; 0 for what the super-server set.</summary>
    internal long AddressSpace { get; init; }

    /// <summary><c>--max</c>, scripts at a time for this target and user; 0 for any number.</summary>
    internal int Concurrency { get; init; }

    /// <summary><c>--max-wait</c>, seconds that a request waits for one of these to end; 0 for a 503 at once.</summary>
    internal int WaitSeconds { get; init; }

    /// <summary><c>--idle</c>, seconds without a request after which a program in wait mode ends; 0 for never.</summary>
    internal int IdleSeconds { get; init; }
}
