using Shims.Control.Doctor.Fixes;
using Shims.Control.Processes;
using Shims.Posix;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Whether a native program finds its processor, its loader and its libraries here.</summary>
internal static class NativeForm
{
    internal static IEnumerable<Finding> Check(string program)
    {
        if (ElfFile.Read(program) is not { } file)
        {
            yield return new Finding(Severity.Error, program,
                "it begins like a native program, and its headers are damaged")
            { Advice = "copy it again, or build it anew" };
            yield break;
        }
        ElfFile own = ElfFile.Read("/proc/self/exe")!;
        if (!Runs(file, own))
        {
            yield return new Finding(Severity.Error, program, $"{GatewayMessages.Explain(program, LaunchStep.Exec, Errno.ENOEXEC)}: for "
                + $"{file.MachineName}, and this one is {own.MachineName}")
            { Advice = $"build it for {own.MachineName}" };
            yield break;
        }
        if (file.Loader is { } loader && !File.Exists(loader))
        {
            yield return new Finding(Severity.Error, program,
                $"its loader {loader} does not exist: it was built for another kind of system")
            {
                Fix = PackageOfLoader(loader) is { } package && DebianPackages.AreUsed ? new PackageInstall(package) : null,
                Advice = "or build it for this system, or link it statically"
            };
            yield break;
        }
        foreach (string library in new LibrarySearch(LoaderCache.OfThisMachine()).FindMissing(program))
            yield return ExplainLibrary(program, library, program);
    }

    /// <summary>A library that is not where the loader looks.</summary>
    /// <param name="script">The script that is examined.</param>
    /// <param name="library">The library's name.</param>
    /// <param name="program">The program that needs it: the script itself, or one that it runs.</param>
    internal static Finding ExplainLibrary(string script, string library, string program)
    {
        string who = program == script ? "it" : $"{program}, which it runs,";
        var finding = new Finding(Severity.Error, script, $"{who} needs the library {library}, which the loader does not find");
        // The folders that this process's own environment names; scripts do not get that variable.
        string own = Path.GetDirectoryName(Path.GetFullPath(program)) ?? "/";
        IEnumerable<string> folders = [.. (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries), own, Path.Combine(own, "lib"), Path.Combine(own, "../lib"),
            "/usr/local/lib"];
        string? folder = folders.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, library)));
        return folder is not null
            ? finding with
            {
                Cause = $"{finding.Cause}; it is in {Path.GetFullPath(folder)}",
                Advice = $"add --env "
                + $"LD_LIBRARY_PATH={ShellWords.Quote(Path.GetFullPath(folder))} to the super-server's line, before the script"
            }
            : finding with { Advice = $"install the package that has {library} (on Debian: apt-file search {ShellWords.Quote(library)})" };
    }

    /// <summary>A 64-bit x86 runs 32-bit programs too, if their loader is there.</summary>
    private static bool Runs(ElfFile file, ElfFile own) => file.FitsTo(own) || (own.MachineName == "x86-64" && file.MachineName == "i386");

    private static string? PackageOfLoader(string loader) => Path.GetFileName(loader) switch
    {
        ['l', 'd', '-', 'm', 'u', 's', 'l', ..] => "musl",
        "ld-linux.so.2" => "libc6-i386",
        _ => null,
    };
}
