using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Runs commands as somebody else, without a password and without a terminal.</summary>
internal static class UserCommand
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>Makes a command line run as a user.</summary>
    /// <returns>Null if this process may not: only root can run commands as somebody else.</returns>
    internal static IReadOnlyList<string>? As(Identity user, IReadOnlyList<string> command)
    {
        if (user.UserId == Identity.Current.UserId)
            return command;
        if (!Identity.Current.IsRoot)
            return null;
        // util-linux has setpriv, which does nothing but this. BusyBox has one that cannot; su is everywhere, and a session of PAM comes with it.
        string? setpriv = ProgramSearch.All("setpriv", "/usr/bin:/bin:/usr/sbin:/sbin").FirstOrDefault(IsNoBusyBox);
        if (setpriv is not null)
            return [setpriv, $"--reuid={Number(user.UserId)}", $"--regid={Number(user.GroupId)}", $"--groups={string.Join(',', user.Groups.Select(Number))}", "--", .. command];
        string? su = ProgramSearch.All("su", "/usr/bin:/bin").FirstOrDefault();
        return su is null ? null : [su, "-s", "/bin/sh", user.Name, "-c", $"exec {ShellWord.Join(command)}"];
    }

    /// <summary>Runs a command to its end, with nothing on its standard input and with the environment that scripts get.</summary>
    /// <returns>Null if it could not be started or took too long.</returns>
    internal static CommandOutcome? Run(Identity user, IReadOnlyList<string> command, string path, string folder)
    {
        if (As(user, command) is not { } words)
            return null;
        var start = new ProcessStartInfo(words[0], words.Skip(1))
            { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C";
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
            return null; // What cannot be started has been explained by whoever looked at the file.
        }
    }

    private static bool IsNoBusyBox(string program) =>
        Path.GetFileName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program) == "setpriv";

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);
}
