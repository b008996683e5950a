using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Says why an interpreter does not run a file, with the fix. Looks at the file system after the fact.</summary>
internal static unsafe class InterpreterDiagnosis
{
    /// <summary>The fault of a file or directory that is not a safe place for a program.</summary>
    internal static Fault ExplainWritable(in LaunchPlan plan)
    {
        string script = PrintableText.Of(plan), interpreter = TextOf(plan.Interpreter);
        string refusal = $"refused to have {interpreter} run {script}";
        uint user = Libc.EffectiveUser;
        if (user == 0)
        {
            return new Fault(403,
                $"{refusal}: the gateway runs as root, which may write to every file, so that an upload could become a program",
                "run it as another user (www-data in the line of the super-server), or add --allow-writable");
        }
        string place = WritablePlace(script, out bool byAll, out bool isOwn);
        string reason = byAll ? "is world-writable" : isOwn ? $"belongs to user {user}, which runs the scripts" : $"is writable for user {user}, which runs the scripts";
        // No command: a visitor can ask for an upload, and a command would make a program of it.
        return new Fault(403, $"{refusal}: {place} {reason}, so that an upload could become a program",
            $"nothing to do if it was uploaded; a program belongs into a directory that neither user {user} nor all users may write to, nor to one above it (or add --allow-writable, if no script writes there)");
    }

    internal static Fault ExplainUnreadable(in LaunchPlan plan)
    {
        string script = PrintableText.Of(plan);
        return new Fault(403, $"cannot run {script}: it is not readable for user {Libc.EffectiveUser}",
            $"let that user, and no other, read it: shimctl doctor {script}");
    }

    /// <summary>The fault of an interpreter that did not start.</summary>
    internal static Fault Explain(string script, byte* interpreter, int reason)
    {
        string program = TextOf(interpreter);
        if (reason == Errno.E2BIG)
            return new Fault(500, $"cannot run {script}: arguments and environment are too large for the system", "lower --max-header");
        if (!Libc.TryGetStatus(interpreter, follow: true, out FileStatus status))
            return new Fault(500, $"cannot run {script}: its interpreter {program} does not exist", "install it, or correct --interpreter");
        return status.IsFile && Libc.MayAccess(interpreter, Flags.X_OK)
            ? new Fault(500, $"cannot run {script}: its interpreter {program} cannot be started ({ScriptDiagnosis.Name(reason)})",
                $"see whether {program} runs by itself")
            : new Fault(500, $"cannot run {script}: its interpreter {program} is not executable",
                status.IsFile ? "make it executable (chmod +x), or name another program with --interpreter" : "name a program with --interpreter");
    }

    /// <summary>The file or the directory of it that is writable; the file if none is any more.</summary>
    private static string WritablePlace(string script, out bool byAll, out bool isOwn)
    {
        byAll = isOwn = false;
        string path = RealPath(script);
        for (string? place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            int descriptor = Libc.OpenPath(Flags.AT_FDCWD, Encoding.UTF8.GetBytes(place + "\0"), 0);
            bool isOfFile = place == Path.GetDirectoryName(path);
            bool isWritable = Libc.TryGetStatus(descriptor, out FileStatus status)
                && (place == path ? InterpretedFile.IsWritable(descriptor, status)
                    : InterpretedFile.MayChange(descriptor, status, isOfFile));
            Libc.Close(descriptor);
            if (!isWritable)
                continue;
            (byAll, isOwn) = (status.IsWritableByAll, status.Owner == Libc.EffectiveUser);
            return PrintableText.Of(Encoding.UTF8.GetBytes(place));
        }
        return script;
    }

    private static string RealPath(string path)
    {
        Span<byte> real = stackalloc byte[Flags.PATH_MAX + 1];
        int length = Libc.RealPath(Encoding.UTF8.GetBytes(path + "\0"), real);
        return length > 0 ? Encoding.UTF8.GetString(real[..length]) : path;
    }

    private static string TextOf(byte* nulTerminated) => nulTerminated == null ? "the interpreter"
        : PrintableText.Of(new ReadOnlySpan<byte>(nulTerminated, Libc.LengthOf(nulTerminated)));
}
