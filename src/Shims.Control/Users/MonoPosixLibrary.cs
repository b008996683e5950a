using System.Text.RegularExpressions;
using Shims.Diagnostics;

namespace Shims.Control.Users;

/// <summary>The library by which Mono.Posix asks for users, groups and files. It lies beside <c>shimctl</c>, and itself needs zlib.</summary>
internal static partial class MonoPosixLibrary
{
    private const string Name = "libMonoPosixHelper.so";

    /// <summary>Says which library is missing, if that is why something has failed.</summary>
    /// <param name="exception">The failure.</param>
    /// <returns>Null if it has another reason.</returns>
    internal static ShimException? Explain(Exception exception)
    {
        Exception? cause = exception;
        while (cause is not (null or DllNotFoundException))
            cause = cause.InnerException;
        return cause is null ? null : Explain(AppContext.BaseDirectory, cause.Message);
    }

    /// <summary>The same, from what the loader has said.</summary>
    /// <param name="folder">The folder of the program.</param>
    /// <param name="said">Lines of dlerror(3).</param>
    internal static ShimException Explain(string folder, string said)
    {
        if (!File.Exists(Path.Join(folder, Name)))
            return new ShimException(ExitCode.SystemError, $"there is no {Name} in {folder}, which this needs", "copy it there: it is installed beside shimctl");
        string? needed = Missing().Matches(said).Select(static match => match.Groups["name"].Value)
            .FirstOrDefault(static name => !name.Contains("MonoPosixHelper", StringComparison.Ordinal));
        return needed is null
            ? new ShimException(ExitCode.SystemError, $"{Name} in {folder} cannot be loaded", $"see what it needs: ldd {Path.Join(folder, Name)}")
            : new ShimException(ExitCode.SystemError, $"{needed} is missing, which {Name} needs", $"install it{(needed.StartsWith("libz.", StringComparison.Ordinal) ? " (Debian: zlib1g)" : "")}");
    }

    // glibc, and musl.
    [GeneratedRegex(@"(?<name>[\w.+-]+): cannot open shared object file|Error loading shared library (?<name>[\w.+-]+):")]
    private static partial Regex Missing();
}
