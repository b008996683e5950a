using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>
/// Tells in the log which variables of a request a script does not get because they are not CGI, and what to write if it needs them: each name once in the life of
/// a process. Allocates and throws nothing.
/// </summary>
/// <remarks>The names are the web server's, which has them from its configuration: what a browser sends begins with HTTP_, and is never told.</remarks>
internal static class HeldBackNames
{
    /// <summary>Names in one line, and bytes of one name, so that a line stays one that can be read.</summary>
    private const int MostNames = 10, LongestName = 64;

    private static ToldNames s_told;

    /// <summary>Writes the line, if there is anything to tell that has not been told.</summary>
    /// <param name="program">The program's name, which begins the line.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="policy">The options.</param>
    [SkipLocalsInit]
    internal static void Tell(ReadOnlySpan<byte> program, CgiVariables request, in EnvironmentPolicy policy)
    {
        Span<byte> digits = stackalloc byte[20];
        var line = new EnvironmentWriter(stackalloc byte[2048]);
        // <27>: facility daemon, severity error, as in Log.
        if (StandardError.IsSyslog)
            line.Append("<27>"u8);
        line.Append(program);
        line.Append("["u8);
        line.Append(DecimalDigits.Format(Libc.ProcessId, digits));
        line.Append("]: variables of the request were held back because they are not CGI: "u8);
        if (!AppendNames(ref line, request, policy))
            return;
        line.Append(": if the script needs one, write --env NAME=VALUE or --allow-env NAME before TARGET; if not, --drop-env NAME"u8);
        if (!StandardError.IsSyslog)
            line.Append("\n"u8);
        Libc.Write(2, line.Written);
    }

    private static bool AppendNames(ref EnvironmentWriter line, CgiVariables request, in EnvironmentPolicy policy)
    {
        int count = 0;
        foreach (CgiVariable variable in request)
        {
            CgiName known = CgiNames.Of(variable.Name);
            if (policy.Admits(known, variable.Name) || !policy.IsMissed(known, variable.Name) || !s_told.Add(variable.Name))
                continue;
            line.Append(count == 0 ? ""u8 : ", "u8);
            line.Append(variable.Name.Length > LongestName ? variable.Name[..LongestName] : variable.Name);
            line.Append(variable.Name.Length > LongestName ? "..."u8 : ""u8);
            if (++count == MostNames)
                break;
        }
        return count > 0;
    }

    /// <summary>The hashes of the names that have been told. Names beyond the bound are not logged: a log with so many is of no use.</summary>
    private unsafe struct ToldNames
    {
        private const int Most = 128;

        private fixed ulong _hashes[Most];
        private int _count;

        /// <returns>False if the name is there already, or if there is no room for it.</returns>
        internal bool Add(ReadOnlySpan<byte> name)
        {
            ulong hash = 14695981039346656037; // FNV-1a
            foreach (byte next in name)
                hash = (hash ^ next) * 1099511628211;
            // Several loops may do this at the same time; at the worst a name is told twice.
            int count = Math.Min(_count, Most);
            for (int i = 0; i < count; i++)
            {
                if (_hashes[i] == hash)
                    return false;
            }
            if (count == Most)
                return false;
            _hashes[count] = hash;
            _count = count + 1;
            return true;
        }
    }
}
