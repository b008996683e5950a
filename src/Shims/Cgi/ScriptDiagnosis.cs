using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds out why a script cannot be run, and says so with the cure.</summary>
/// <remarks>Looks at the file system after the fact, so it explains the usual causes; what the kernel said stands in every other case.</remarks>
internal static class ScriptDiagnosis
{
    /// <summary>The fault of a request whose script was not found, or may not be run.</summary>
    /// <param name="resolution">The reason.</param>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="plan">It has the script's path and interpreter if they are known.</param>
    internal static Fault Explain(Resolution resolution, in ScriptTarget target, in LaunchPlan plan)
    {
        string directory = PrintableText.Of(target.Path);
        return resolution switch
        {
            Resolution.IsWritable => InterpreterDiagnosis.ExplainWritable(plan),
            Resolution.Unreadable => InterpreterDiagnosis.ExplainUnreadable(plan),
            Resolution.NotFound when target.WalksUrl => new Fault(404, $"there is no such script in {directory}/", "check that SCRIPT_FILENAME, or the URL below --mount, leads to a file there"),
            Resolution.NotNamed => new Fault(404, $"the request names no script in {directory}/", "configure the web server to send SCRIPT_FILENAME (nginx: fastcgi_param or scgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name)"),
            Resolution.NotFound => new Fault(404, $"there is no such script in {directory}/", "check that SCRIPT_FILENAME, or DOCUMENT_ROOT and SCRIPT_NAME, lead to a file there"),
            Resolution.ParentReference => new Fault(403, "refused a path with .. in it", "nothing to do: a client asked for it; Caddy and HAProxy pass such paths on"),
            Resolution.Outside => new Fault(403, $"refused a script that is not in {directory}/", "give the directory that SCRIPT_FILENAME leads to as TARGET, or correct the web server's document root"),
            Resolution.LinkLeaves => new Fault(403, $"refused a link that leads out of {directory}/", "make root, or the owner of the file it leads to, the owner of the link: chown -h"),
            Resolution.IsDirectory => new Fault(403, $"the request leads to a directory in {directory}/, not to a script", "name a script in the URL, or one in the web server's configuration"),
            Resolution.NotAFile => new Fault(403, $"the request leads to something in {directory}/ that is not a regular file", "put a script there"),
            _ => new Fault(400, "the request's variables do not fit into memory", "configure the web server to send fewer or shorter ones"),
        };
    }

    /// <summary>The fault of a script that was found and did not start.</summary>
    internal static unsafe Fault Explain(in LaunchPlan plan)
    {
        string script = PrintableText.Of(new ReadOnlySpan<byte>(plan.Path, Libc.LengthOf(plan.Path)));
        int reason = plan.Errno;
        switch (plan.FailedAt)
        {
            case LaunchStep.Fork when reason is Errno.EMFILE or Errno.ENFILE:
                return NoDescriptors(script, reason);
            case LaunchStep.Fork when plan.IsWayRefused:
                return Refused($"cannot run {script}: the system refused to start a process, by clone ({Name(reason)})");
            case LaunchStep.Watch:
                return Refused($"cannot run {script}: the system refused to watch a process, by pidfd_open ({Name(reason)})");
            case LaunchStep.Fork:
                return new Fault(503, $"cannot run {script}: the system refused another process ({Name(reason)})", "raise the limit on processes (ulimit -u, systemd TasksMax=), or lower the number of connections the super-server accepts")
                { ExitCode = ExitCode.SystemError };
            case LaunchStep.Directory:
                string directory = PrintableText.Of(new ReadOnlySpan<byte>(plan.Directory, Libc.LengthOf(plan.Directory)));
                return reason == Errno.ENOENT
                    ? new Fault(404, $"cannot run {script}: there is no directory {directory}", "correct the path in the super-server's or the web server's configuration")
                    : Unsearchable(script) ?? new Fault(403, $"cannot run {script}: its directory cannot be entered ({Name(reason)})", $"let user {Libc.EffectiveUser}, and no other, enter it: shimctl doctor {script}");
            case LaunchStep.Limits:
                return new Fault(500, $"cannot run {script}: the limits of --cpu or --memory cannot be set ({Name(reason)})", "give values that are not above those the super-server set");
            case LaunchStep.Exec when plan.Interpreter != null:
                return InterpreterDiagnosis.Explain(script, plan.Interpreter, reason);
            case LaunchStep.Exec:
                return ExplainExec(script, plan.Path, reason);
            case LaunchStep.FirstLine:
                return ExplainFirstLine(script, plan.Path);
            default:
                return NoDescriptors(script, reason);
        }
    }

    private static Fault Refused(string cause) =>
        new(500, cause, "allow clone, clone3 and pidfd_open in the filter of system calls that confines this program (seccomp, systemd SystemCallFilter=)") { ExitCode = ExitCode.SystemError };

    private static Fault NoDescriptors(string script, int reason) => reason is Errno.EMFILE or Errno.ENFILE
        ? new(500, $"cannot run {script}: its descriptors cannot be set up ({Name(reason)})", "raise the limit on open files (ulimit -n)") { ExitCode = ExitCode.SystemError }
        : new(500, $"cannot run {script}: its standard input and output cannot be opened ({Name(reason)})", "let this program open /dev/null, or make pipes and files in memory (pipe2, memfd_create)") { ExitCode = ExitCode.SystemError };

    /// <summary>The fault of a script that has ended without a response, if its first line is to blame; else null.</summary>
    /// <param name="plan">The plan by which it was started.</param>
    /// <param name="exitCode">Its exit status.</param>
    internal static unsafe Fault? ExplainEnd(in LaunchPlan plan, int exitCode) =>
        exitCode == FirstLine.NotFound && plan.Interpreter == null && !FirstLine.IsSound(plan.Path, plan.Environment)
            ? ExplainFirstLine(PrintableText.Of(plan), plan.Path) : null;

    private static unsafe Fault ExplainFirstLine(string script, byte* path)
    {
        ReadOnlySpan<byte> line = FirstLine.Read(path, stackalloc byte[256]);
        if (line.EndsWith("\r"u8))
            return EndsInCr(script);
        string program = PrintableText.Of(FirstLine.EnvArgument(line));
        return new Fault(500, $"cannot run {script}: line 1 asks env for {program}, which is not on the PATH that scripts get", "install it, write its full path on line 1, or set PATH with --env");
    }

    private static Fault EndsInCr(string script) =>
        new(500, $"cannot run {script}: line 1 ends in CR (saved with Windows line endings)", $"run dos2unix {script}");

    private static unsafe Fault ExplainExec(string script, byte* path, int reason)
    {
        if (!Libc.TryGetStatus(path, follow: true, out FileStatus status))
        {
            return Libc.Errno == Errno.EACCES && Unsearchable(script) is { } hidden
                ? hidden
                : new Fault(404, $"cannot run {script}: there is no such file", "correct the path in the super-server's or the web server's configuration");
        }
        if (status.IsDirectory)
            return new Fault(403, $"cannot run {script}: it is a directory", "end TARGET with a slash to serve the scripts in a directory");
        if (!status.IsFile)
            return new Fault(403, $"cannot run {script}: it is not a regular file", "put a script there");
        if (!Libc.MayAccess(path, Flags.X_OK))
        {
            return status.IsExecutableBySomeone && Libc.EffectiveUser != 0
                ? new Fault(403, $"cannot run {script}: it is not executable for user {Libc.EffectiveUser}", $"chmod o+rx {script}")
                : new Fault(403, $"cannot run {script}: it is not executable", $"chmod +x {script}");
        }

        byte[] start = FirstBytes(path);
        ReadOnlySpan<byte> line = FirstLine.Read(path, stackalloc byte[256]);
        return reason switch
        {
            Errno.E2BIG => new Fault(500, $"cannot run {script}: arguments and environment are too large for the system", "lower --max-header"),
            Errno.ETXTBSY => new Fault(503, $"cannot run {script}: it is open for writing (ETXTBSY, text file busy)", "try again when that has ended; install scripts with mv, not cp"),
            _ when start.AsSpan().StartsWith("#!"u8) => ExplainInterpreter(script, line, reason),
            _ when start.AsSpan().StartsWith("\x7f"u8) => ExplainBinary(script, reason),
            _ when IsMarked(start) =>
                new Fault(500, $"cannot run {script}: it begins with a byte order mark", $"sed -i '1s/^\\xEF\\xBB\\xBF//' {script}"),
            Errno.ENOEXEC => new Fault(500, $"cannot run {script}: it has no #! line and is not a program", "name the interpreter on line 1, such as #!/bin/sh or #!/usr/bin/env python3"),
            _ => new Fault(500, $"cannot run {script}: {Name(reason)}", "see execve(2) for what that means"),
        };
    }

    private static Fault ExplainInterpreter(string script, ReadOnlySpan<byte> line, int reason)
    {
        if (line.EndsWith("\r"u8))
            return EndsInCr(script);
        ReadOnlySpan<byte> name = line.Trim(" \t"u8);
        int space = name.IndexOfAny((byte)' ', (byte)'\t');
        if (space >= 0)
            name = name[..space];
        string interpreter = PrintableText.Of(name);
        if (name.IsEmpty)
            return new Fault(500, $"cannot run {script}: line 1 names no interpreter", "write one after #!, such as #!/bin/sh");
        byte[] path = [.. name, 0];
        if (!Libc.TryGetStatus(path, follow: true, out FileStatus status))
            return new Fault(500, $"cannot run {script}: line 1 names {interpreter}, which does not exist", "install it, or correct line 1");
        return status.IsFile && status.IsExecutableBySomeone
            ? new Fault(500, $"cannot run {script}: its interpreter {interpreter} cannot be started ({Name(reason)})", $"see whether {interpreter} runs by itself")
            : new Fault(500, $"cannot run {script}: line 1 names {interpreter}, which is not executable", "name a program on line 1");
    }

    private static Fault ExplainBinary(string script, int reason) => reason switch
    {
        Errno.ENOENT => new Fault(500, $"cannot run {script}: the loader or a library it was linked for does not exist", $"see what is missing with ldd {script}"),
        Errno.ENOEXEC => new Fault(500, $"cannot run {script}: it was built for another kind of machine", $"compare file {script} with uname -m, and rebuild it"),
        Errno.EACCES or Errno.EPERM => new Fault(403, $"cannot run {script}: the system forbids executing it ({Name(reason)})", "see whether its filesystem is mounted noexec: findmnt -T " + script),
        _ => new Fault(500, $"cannot run {script}: {Name(reason)}", "see execve(2) for what that means"),
    };

    /// <summary>Finds the directory on the way that keeps this user out.</summary>
    private static Fault? Unsearchable(string script)
    {
        for (int end = script.IndexOf('/', 1); end > 0; end = script.IndexOf('/', end + 1))
        {
            string directory = script[..end];
            byte[] path = [.. Encoding.UTF8.GetBytes(directory), 0];
            unsafe
            {
                fixed (byte* name = path)
                {
                    if (!Libc.MayAccess(name, Flags.X_OK))
                        return new Fault(403, $"cannot run {script}: user {Libc.EffectiveUser} may not enter {directory}", $"let that user, and no other, enter it: shimctl doctor {script}");
                }
            }
        }
        return null;
    }

    private static bool IsMarked(byte[] start) => start is [0xEF, 0xBB, 0xBF, ..];

    private static unsafe byte[] FirstBytes(byte* path)
    {
        int file = Libc.Open(path, Flags.O_RDONLY | Flags.O_NONBLOCK);
        if (file < 0)
            return [];
        var start = new byte[256];
        nint count = Libc.Read(file, start);
        Libc.Close(file);
        return start[..(int)Math.Max(0, count)];
    }

    internal static string Name(int number) => number switch
    {
        Errno.EPERM => "EPERM, operation not permitted",
        Errno.ENOENT => "ENOENT, no such file",
        Errno.EAGAIN => "EAGAIN, try again",
        Errno.ENOMEM => "ENOMEM, out of memory",
        Errno.EACCES => "EACCES, permission denied",
        Errno.ENOTDIR => "ENOTDIR, not a directory",
        Errno.EINVAL => "EINVAL, invalid argument",
        Errno.EMFILE => "EMFILE, this process has too many open files",
        Errno.ENFILE => "ENFILE, the system has too many open files",
        Errno.EFBIG => "EFBIG, larger than files may be",
        Errno.ENOSPC => "ENOSPC, no space left",
        Errno.EDQUOT => "EDQUOT, quota exceeded",
        Errno.EROFS => "EROFS, read-only filesystem",
        Errno.ENAMETOOLONG => "ENAMETOOLONG, name too long",
        Errno.ECONNREFUSED => "ECONNREFUSED, connection refused",
        Errno.ENOSYS => "ENOSYS, no such system call",
        Errno.ELOOP => "ELOOP, too many links",
        Errno.EADDRINUSE => "EADDRINUSE, address already in use",
        Errno.EADDRNOTAVAIL => "EADDRNOTAVAIL, this machine has no such address",
        Errno.ENOEXEC => "ENOEXEC, no executable format",
        _ => $"error {number}",
    };
}
