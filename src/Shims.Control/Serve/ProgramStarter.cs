using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Starts programs as inetd does, with a connection as descriptors 0, 1 and 2, and ends those that still run at the end.</summary>
internal sealed class ProgramStarter
{
    private static readonly ProcessStarter s_starter = ProcessStarter.Instance;

    private readonly HashSet<StartedProgram> _running = [];
    private readonly TaskCompletionSource _nothingRuns = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    /// <summary>Starts a program.</summary>
    /// <exception cref="ShimException">It cannot be started.</exception>
    internal Task<StartedProgram> StartAsync(ProgramLaunch launch) => s_starter.StartAsync(() => Start(launch));

    /// <summary>Ends a program: SIGTERM, and two seconds later SIGKILL.</summary>
    internal static void Stop(StartedProgram program) => s_starter.Post(program.Stop);

    /// <summary>Ends the programs that still run: SIGTERM, and two seconds later SIGKILL.</summary>
    /// <returns>Completed when no program runs any more.</returns>
    internal Task StopAllAsync()
    {
        s_starter.Post(() =>
        {
            _isStopping = true;
            foreach (StartedProgram program in _running)
                program.Stop();
            TellIfNothingRuns();
        });
        return _nothingRuns.Task;
    }

    private StartedProgram Start(ProgramLaunch launch)
    {
        if (_isStopping)
            throw new ShimException(ExitCode.SystemError, "shimctl serve is shutting down", "start it again");
        if (!Libc.CreateSocketPair(out int ours, out int theirs))
        {
            throw new ShimException(ExitCode.SystemError, $"cannot create a socket pair: {Cgi.ScriptDiagnosis.Name(Libc.Errno)}",
                "raise the limit on open files (ulimit -n), or send fewer requests at a time");
        }
        var start = new ProcessStart(launch.Path, launch.Words)
        {
            Environment = [.. launch.Environment.Select(System.Text.Encoding.UTF8.GetBytes), .. Processes.InheritedEnvironment.Entries()],
            Directory = "/",
            Connection = theirs,
            Error = theirs,
            LeadsGroup = true,
        };
        try
        {
            StartedProcess process = s_starter.Start(start);
            var program = new StartedProgram(s_starter.Loop, process, launch, ours);
            process.OnEnd = () => Forget(program);
            _running.Add(program);
            return program;
        }
        catch
        {
            Libc.Close(ours);
            throw;
        }
        finally
        {
            Libc.Close(theirs);
        }
    }

    private void Forget(StartedProgram program)
    {
        _running.Remove(program);
        s_starter.Loop.Remove(program);
        TellIfNothingRuns();
    }

    private void TellIfNothingRuns()
    {
        if (_isStopping && _running.Count == 0)
            _nothingRuns.TrySetResult();
    }
}
