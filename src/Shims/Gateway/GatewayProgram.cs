using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>What <c>scgi-run</c> and <c>fcgi-run</c> have in common: from the command line to the exit code.</summary>
internal static class GatewayProgram
{
    /// <summary>Answers what is on standard input.</summary>
    /// <param name="protocol">What is spoken there.</param>
    /// <param name="options">The command line.</param>
    internal static ExitCode Run(Protocol protocol, GatewayOptions options)
    {
        Log.Program = options.Program;
        try
        {
            RouteStandardError(options);
            if (options.Note is not null)
                Log.WriteLine(options.Note);
            return Serve(protocol, options);
        }
        catch (ShimException exception)
        {
            Log.WriteLine(exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception)
        {
            Log.WriteLine($"a fault in {options.Program} itself, which was not foreseen: {exception.GetType().Name}: {exception.Message}: please report it");
            return ExitCode.SystemError;
        }
    }

    private static ExitCode Serve(Protocol protocol, GatewayOptions options)
    {
        // What was tried before the runtime started may have put something else on descriptor 0.
        StandardInput input = ExecPath.Early(out _) ? StandardInput.Connection : Descriptors.LookAtInput();
        if (input is not (StandardInput.Listener or StandardInput.Connection) && Descriptors.PassedListeners() is { Length: > 0 } passed)
            return ServeAll(protocol, options, passed);
        switch (input)
        {
            case StandardInput.Connection:
                return ServeConnection(protocol, options);
            case StandardInput.Listener:
                return ServeAll(protocol, options, [MoveAboveStandard(0)]);
            case StandardInput.PipeOrFile:
                Libc.CloseOnExecFromThree();
                int connection = PipeAdapter.Connect(out Thread answer);
                ExitCode exitCode = new GatewayServer(protocol, options) { IsHalfCloseNormal = true }.ServeOne(new ScgiIntake { Connection = connection });
                answer.Join();
                return exitCode;
            default:
                throw new ShimException(ExitCode.Usage, $"{options.Program} answers a request on its standard input, and there is none", $"let inetd, systemd or another super-server start it, or see {options.Program} --help");
        }
    }

    private static ExitCode ServeConnection(Protocol protocol, GatewayOptions options)
    {
        ScgiIntake intake = default;
        if (protocol == Protocol.Scgi && !ExecPath.Early(out intake) && options.ModeFor(0, mayExec: true) == RunMode.Exec)
        {
            Limits limits = options.Limits;
            ExecPath.Run(ref intake, options.Target, options.Environment, new ExecLimits(limits.HeaderSize, limits.HeaderSeconds * 1000, limits.BodySize, options.Mode == RunMode.Exec, limits.CpuSeconds, limits.AddressSpace));
        }
        Libc.HideFromOtherProcesses();
        intake.Connection = MoveAboveStandard(intake.Connection);
        Libc.CloseOnExecFromThree();
        ExitCode exitCode = new GatewayServer(protocol, options).ServeOne(intake);
        EarlyScript.EndUnused();
        return exitCode;
    }

    private static ExitCode ServeAll(Protocol protocol, GatewayOptions options, int[] listeners)
    {
        // Two standard descriptors and the log, the socket, the loop and its wake-up, /dev/null; and those of one connection.
        if (Libc.DescriptorLimit < Limits.LeastDescriptors)
            throw new ShimException(ExitCode.SystemError, $"the limit on open files is {Libc.DescriptorLimit}, which is too little to serve a listening socket", "raise it (ulimit -n, systemd LimitNOFILE=)");
        Libc.HideFromOtherProcesses();
        Libc.CloseOnExecFromThree();
        return new ListeningServer(protocol, options, listeners).Run();
    }

    /// <summary>Descriptors 0 and 1 lead nowhere from here on, so that nothing that is printed by mistake can reach a client.</summary>
    private static int MoveAboveStandard(int socket)
    {
        int moved = Libc.DuplicateAboveStandard(socket);
        int none = Libc.OpenNowhere();
        Libc.Duplicate(none, 0);
        Libc.Duplicate(none, 1);
        if (none > 2)
            Libc.Close(none);
        return moved;
    }

    internal static void RouteStandardError(GatewayOptions options)
    {
        ReadOnlySpan<byte> program = Encoding.ASCII.GetBytes(options.Program);
        switch (options.StandardError)
        {
            case null or "inherit":
                StandardError.Secure(program);
                break;
            case "null":
                StandardError.ToNull();
                break;
            case "journal":
                if (!StandardError.ToJournal(program))
                    Unreachable("journal", "see whether systemd-journald runs (/run/systemd/journal/stdout)");
                break;
            case "syslog":
                if (!StandardError.ToSyslog())
                    Unreachable("syslog", "see whether a syslog daemon runs (/dev/log)");
                break;
            case string file:
                if (!StandardError.ToFile(Encoding.UTF8.GetBytes(file + "\0")))
                    Unreachable(file, Libc.Errno switch
                    {
                        Errno.ENXIO => "it is a named pipe that no process reads: start its reader first",
                        Errno.ELOOP => "it is a link that another user has put into a directory where everybody may make files: name a file in another directory",
                        Errno.EISDIR => "it is a directory: name a file in it",
                        _ => $"give user {Libc.EffectiveUser} write access to it",
                    });
                break;
        }
    }

    /// <summary>A request is not lost for want of a log.</summary>
    private static void Unreachable(string log, string cure)
    {
        StandardError.Secure("shims"u8);
        Log.WriteLine($"cannot write to the log --stderr {log}: {cure}");
    }
}
