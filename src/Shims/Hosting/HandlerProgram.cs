using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>A program with a handler in it: from its start to the exit status.</summary>
internal static unsafe class HandlerProgram
{
    internal static int Run(Action<CgiRequest, CgiResponse> handler, ShimOptions? options, bool needsThreads)
    {
        options ??= new ShimOptions();
        if (Switches.TellPath is { } answer)
        {
            // shim-dotnet has had it built, and wants to know what to start next time.
            File.WriteAllText(answer, Environment.ProcessPath);
            return (int)ExitCode.Served;
        }
        var responder = new HandlerResponder(handler, options, needsThreads || options.HandlerTimeout is not null);
        StandardInput input = Descriptors.LookAtInput();
        GatewayOptions gateway = OptionsFor(options, mayStay: input != StandardInput.Connection);
        if (input != StandardInput.Listener && Libc.EnvironmentVariable("REQUEST_METHOD\0"u8) != null)
            return (int)CgiProgram.Run(gateway, responder);
        if (input is StandardInput.Terminal or StandardInput.Closed && Descriptors.PassedListeners() is [])
            return (int)Explain(gateway.Program);
        return (int)GatewayProgram.Run(only: null, gateway, responder, recorder: null, default);
    }

    private static ExitCode Explain(string program)
    {
        Log.Program = program;
        Log.WriteLine("this program answers web requests; a super-server or web server starts it, with a connection or a listening socket on standard input");
        Log.WriteLine($"to see what it answers here: REQUEST_METHOD=GET SCRIPT_NAME=/ {program}");
        return ExitCode.Usage;
    }

    /// <param name="mayStay">True if more than one request may come; else what matters only then is not asked for, since each question wakes a part of the runtime.</param>
    private static GatewayOptions OptionsFor(ShimOptions options, bool mayStay) => new()
    {
        Program = ProgramName(),
        Target = options.MaxConcurrentRequests > 0 ? OwnTarget() : default,
        Mode = RunMode.Relay,
        StandardError = Libc.EnvironmentText("SHIMS_STDERR\0"u8) ?? options.StandardError,
        AccessLog = Libc.EnvironmentText("SHIMS_ACCESS_LOG\0"u8) ?? options.AccessLog,
        TrustsRequestId = Libc.EnvironmentText("SHIMS_TRUST_REQUEST_ID\0"u8) is { } trust ? trust == "1" : options.TrustRequestId,
        LogFormat = Libc.EnvironmentText("SHIMS_LOG_FORMAT\0"u8) switch
        {
            null => options.LogFormat,
            "json" => LogFormat.Json,
            _ => LogFormat.Text,
        },
        ErrorsInBrowser = Libc.EnvironmentText("SHIMS_ERRORS\0"u8) is { } errors ? errors == "browser" : options.ErrorsTo == ErrorAudience.Browser,
        WatchedFile = mayStay ? AppContext.GetData("EntryPointFilePath") as string : null, // the source of a file-based app
        Limits = new Limits
        {
            ScriptSeconds = options.HandlerTimeout is { } timeout ? Seconds(timeout) : null,
            HeaderSeconds = Seconds(options.HeaderTimeout),
            HeaderSize = options.MaxHeaderSize,
            BodySize = options.MaxBodySize,
            Concurrency = options.MaxConcurrentRequests,
            IdleSeconds = mayStay ? IdleSeconds(options) : 0,
            FinishSeconds = Seconds(options.FinishTime),
        },
    };

    private static int IdleSeconds(ShimOptions options) =>
        int.TryParse(Libc.EnvironmentText("SHIMS_IDLE\0"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int idle) ? idle : WholeSeconds(options.IdleTimeout);

    private static int Seconds(TimeSpan time) => Math.Max(1, WholeSeconds(time));

    /// <summary>Rounded up.</summary>
    private static int WholeSeconds(TimeSpan time) => (int)((time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

    private static string ProgramName()
    {
        // Not Environment.ProcessPath, which asks the kernel about every folder on the way.
        byte* path = Libc.ExecutedPath;
        ReadOnlySpan<byte> name = path == null ? default : new ReadOnlySpan<byte>(path, Libc.LengthOf(path));
        name = name[(name.LastIndexOf((byte)'/') + 1)..];
        return name.IsEmpty ? "shim" : Encoding.UTF8.GetString(name);
    }

    /// <summary>Requests are counted for this program.</summary>
    private static ScriptTarget OwnTarget()
    {
        byte[] path = Encoding.UTF8.GetBytes(Environment.ProcessPath ?? "shim");
        byte* copy = Libc.Allocate(path.Length + 1);
        path.CopyTo(new Span<byte>(copy, path.Length));
        copy[path.Length] = 0;
        return new ScriptTarget(copy, path.Length, isDirectory: false, null, 0);
    }
}
