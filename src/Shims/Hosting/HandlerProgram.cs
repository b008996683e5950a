using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>A program with a handler in it: from its start to the exit status.</summary>
internal static unsafe class HandlerProgram
{
    internal static int Run(Action<CgiRequest, CgiResponse> handler, ShimOptions? options, bool needsThreads)
    {
        if (TestedProgram.Takes(handler, options))
            return (int)ExitCode.Served;
        if (Switches.TellPath is { } answer)
        {
            // shim-dotnet has had it built, and wants to know what to start next time.
            File.WriteAllText(answer, Environment.ProcessPath);
            return (int)ExitCode.Served;
        }
        ShimOptions settings = ShimSettings.FromEnvironment(options ?? new ShimOptions());
        var responder = new HandlerResponder(handler, settings, needsThreads || settings.HandlerTimeout is not null);
        StandardInput input = Descriptors.LookAtInput();
        GatewayOptions gateway;
        Protocol[] spoken;
        try
        {
            gateway = OptionsFor(settings, mayStay: input != StandardInput.Connection || settings.Listen is not null);
            spoken = ShimProtocolNames.Spoken(settings.Protocols);
        }
        catch (ShimException exception)
        {
            // Under inetd descriptor 2 is the client's connection.
            StandardError.Secure(Encoding.ASCII.GetBytes(ProgramFolders.NameOfExecutable));
            Log.WriteLine(exception.Message);
            return (int)exception.ExitCode;
        }
        if (gateway.Sockets.Own is not null)
            return (int)GatewayProgram.Run(spoken, gateway, responder, recorder: null, default);
        // One that serves a listening socket speaks to the service manager; what others start is not to do that.
        if (input == StandardInput.Connection)
            ServiceManager.Forget();
        if (input != StandardInput.Listener && Libc.EnvironmentVariable("REQUEST_METHOD\0"u8) != null)
            return (int)CgiProgram.Run(gateway, responder);
        if (input is StandardInput.Terminal or StandardInput.Closed && Descriptors.PassedListeners() is [])
            return (int)Explain(gateway.Program);
        return (int)GatewayProgram.Run(spoken, gateway, responder, recorder: null, default);
    }

    private static ExitCode Explain(string program)
    {
        Log.Program = program;
        Log.WriteLine("this program answers web requests; a super-server or web server starts it, with a connection or a listening socket on standard input");
        string serve = $"shimctl serve {AppContext.GetData("EntryPointFilePath") as string ?? program}";
        Log.WriteLine($"to see its pages here: {serve}; one response: shimctl request --to exec:{program} /");
        return ExitCode.Usage;
    }

    /// <param name="mayStay">True if more than one request may come; else what matters only then is not asked for, since each question wakes a part of the runtime.</param>
    private static GatewayOptions OptionsFor(ShimOptions options, bool mayStay) => new()
    {
        Program = ProgramFolders.NameOfExecutable,
        Target = options.MaxConcurrentRequests > 0 ? OwnTarget() : default,
        Note = options.Note,
        Mode = RunMode.Relay,
        StandardError = options.StandardError,
        AccessLog = options.AccessLog,
        Secret = options.SecretFile is { } file ? SecretFile.Read(file) : null,
        NeedsNoSecret = options.InsecureNoSecret,
        // A program may set these for when it listens itself, which another setting decides.
        Sockets = SocketOptions.Read(options.Listen, options.Listen is null ? null : (uint?)options.SocketMode, options.AllowRoot && options.Listen is not null, options.AllowFrom),
        TrustsRequestId = options.TrustRequestId,
        LogFormat = options.LogFormat,
        StatusPath = GatewayOptions.OwnPath(options.StatusPath),
        PingPath = GatewayOptions.OwnPath(options.PingPath),
        ErrorsInBrowser = options.ErrorsTo == ErrorAudience.Browser,
        WatchedFiles = mayStay && AppContext.GetData("EntryPointFilePath") is string source ? [source] : [], // of a file-based app
        Limits = new Limits
        {
            ScriptSeconds = options.HandlerTimeout is { } timeout ? Seconds(timeout) : null,
            HeaderSeconds = Seconds(options.HeaderTimeout),
            HeaderSize = options.MaxHeaderSize,
            BodySize = options.MaxBodySize,
            Concurrency = options.MaxConcurrentRequests,
            IdleSeconds = mayStay ? WholeSeconds(options.IdleTimeout) : 0,
            FinishSeconds = Seconds(options.FinishTime),
        },
    };

    private static int Seconds(TimeSpan time) => Math.Max(1, WholeSeconds(time));

    /// <summary>Rounded up.</summary>
    private static int WholeSeconds(TimeSpan time) => (int)((time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

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
