using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Runs commands as another user, without a password and without a terminal.</summary>
internal static class UserCommand
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>Interpreters that check sources take processor time, and wait for nothing.</summary>
    private static readonly SemaphoreSlim s_processors = new(Environment.ProcessorCount);

    /// <summary>
    /// Makes a command line run as a user: in a session of its own, so that it has no way to this terminal, and without a way to more
    /// privileges.
    /// </summary>
    /// <remarks>
    /// Another user's program that has a terminal can type into the shell of the user who sits there (TIOCSTI, as with CVE-2016-2779). Its
    /// descriptors 0 to 2 are pipes
    /// or a connection wherever this is used. Both programs are of util-linux; the ones of BusyBox cannot do it.
    /// </remarks>
    /// <param name="user">The user.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="mayGainPrivileges">For a set-id program, which is to run as it does for every other caller.</param>
    /// <returns>Null if this process may not: only root can run commands as another user.</returns>
    internal static IReadOnlyList<string>? As(UserAccount user, IReadOnlyList<string> command, bool mayGainPrivileges = false)
    {
        if (user.UserId == UserAccount.Current.UserId)
            return command;
        string? setsid = Find("setsid"), setpriv = Find("setpriv");
        if (!UserAccount.Current.IsRoot || setsid is null || setpriv is null)
            return null;
        string[] limit = mayGainPrivileges ? [] : ["--no-new-privs"];
        return [setsid, setpriv, $"--reuid={Number(user.UserId)}", $"--regid={Number(user.GroupId)}",
            $"--groups={string.Join(',', user.Groups.Select(Number))}", .. limit, "--", .. command];
    }

    private static string? Find(string program) =>
        ProgramSearch.All(program, "/usr/bin:/bin:/usr/sbin:/sbin").FirstOrDefault(found => IsNoBusyBox(found, program));

    /// <summary>Runs a command to its end, with nothing on its standard input and with the environment that scripts get.</summary>
    /// <returns>Null if it could not be started or took too long.</returns>
    internal static CommandOutcome? Run(UserAccount user, IReadOnlyList<string> command, string path, string folder)
    {
        if (As(user, command) is not { } words)
            return null;
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C";
        s_processors.Wait();
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(s_limit) && Task.WaitAll([output, error], s_limit))
                return new CommandOutcome(process.ExitCode, output.Result, error.Result);
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null; // The look at the file has explained it.
        }
        finally
        {
            s_processors.Release();
        }
    }

    private static bool IsNoBusyBox(string program, string name) =>
        Path.GetFileName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program) == name;

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The outcome of a command that was run for its output.</summary>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error);
