using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.DotNet;

/// <summary>A file-based app, and what is known of the executable that the SDK has made of it.</summary>
/// <remarks>
/// The SDK builds and runs such a file (<c>dotnet FILE.cs</c>), and looks at it anew each time for a few tenths of a second. So the executable's path is noted together with
/// time and size of the file; as long as these stay the same, the executable is run at once.
/// </remarks>
internal sealed unsafe class App
{
    private readonly string _folder = AppFolder.Find();
    private readonly string _note;

    /// <param name="source">Absolute path.</param>
    internal App(string source)
    {
        Source = source;
        _note = Path.Combine(_folder, Number(source));
    }

    /// <summary>The file.</summary>
    internal string Source { get; }

    /// <summary>True if the executable that is known was made of the file as it is.</summary>
    internal bool IsUpToDate => ReadNote() is [var stamp, var executable, _] && stamp == Stamp() && File.Exists(executable);

    /// <summary>Lets the SDK make the executable. Processes that want the same at the same time wait for one another.</summary>
    /// <returns>Null, or what the compiler said.</returns>
    internal string? Build()
    {
        using FileStream alone = WaitForLock();
        if (IsUpToDate)
            return null;
        string stamp = Stamp();
        string answer = _note + ".path";
        string directives = Directives();
        // The same text has the same errors: the compiler is not asked again until the file changes.
        string fault = _note + ".errors", start = $"{stamp}\n{directives}\n";
        if (TryRead(fault) is { } kept && kept.StartsWith(start, StringComparison.Ordinal))
            return kept[start.Length..];
        File.Delete(answer);
        // The packages of the last build are those of this one, unless a directive or this program has changed: no source of packages is asked, which may be out of reach.
        bool restores = ReadNote() is not [_, _, var known] || known != directives;
        string output = RunSdk(answer, restores);
        if (!restores && !File.Exists(answer) && IsAboutPackages(output))
            output = RunSdk(answer, restores: true);
        if (!File.Exists(answer) && IsOfSource(output))
            File.WriteAllText(fault, start + output);
        if (!File.Exists(answer))
            return output.Length > 0 ? output + HintOn(output) : "it ended without calling Shim.Run\n";
        string executable = File.ReadAllText(answer);
        TakeSymbols(executable);
        File.WriteAllText(_note, $"{stamp}\n{executable}\n{directives}");
        File.Delete(answer);
        return null;
    }

    /// <summary>True if the SDK misses what a restore brings: it has been deleted since, or never was there.</summary>
    private static bool IsAboutPackages(string output) =>
        output.Contains("error NETSDK", StringComparison.Ordinal) || output.Contains("error NU", StringComparison.Ordinal) || output.Contains("error CS0006", StringComparison.Ordinal);

    /// <summary>True if all errors are mistakes in the file itself. A name that is not found may come with a package, and then the file need not change.</summary>
    private bool IsOfSource(string output)
    {
        string[] errors = Array.FindAll(output.Split('\n'), static line => line.Contains(": error ", StringComparison.Ordinal));
        return errors.Length > 0 && Array.TrueForAll(errors, line => line.TrimStart().StartsWith(Source + "(", StringComparison.Ordinal)
            && !line.Contains("error CS0246", StringComparison.Ordinal) && !line.Contains("error CS0234", StringComparison.Ordinal));
    }

    /// <summary>Takes the symbols of the executable from the compiler's folder. After an edit the SDK calls the compiler itself, and copies
    /// nothing but the program: the lines of a stack would be lost.</summary>
    private static void TakeSymbols(string executable)
    {
        int folder = executable.LastIndexOf("/bin/", StringComparison.Ordinal);
        string symbols = executable + ".pdb";
        string made = folder < 0 ? symbols : $"{symbols[..folder]}/obj/{symbols[(folder + "/bin/".Length)..]}";
        try
        {
            if (!File.Exists(made) || File.GetLastWriteTimeUtc(made) <= File.GetLastWriteTimeUtc(symbols))
                return;
            // Never written in place: a process that runs may be reading them.
            File.Copy(made, symbols + ".new", overwrite: true);
            File.Move(symbols + ".new", symbols, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The app runs without them; only its stacks have no lines.
        }
    }

    /// <summary>Becomes the executable.</summary>
    /// <returns>The fault.</returns>
    internal string Become(string[] arguments)
    {
        string executable = ReadNote()![1];
        Environment.SetEnvironmentVariable("DOTNET_ROOT", Path.GetDirectoryName(new FileInfo(Sdk).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Sdk));
        Libc.Exec([executable, .. arguments], EnvironmentEntries());
        return $"cannot run {executable} (error {Libc.Errno})\n";
    }

    /// <summary>The dotnet command. openbsd-inetd gives its programs no PATH.</summary>
    private static string Sdk
    {
        get
        {
            string path = Environment.GetEnvironmentVariable("PATH") ?? "";
            string home = Environment.GetEnvironmentVariable("HOME") ?? "";
            foreach (string folder in (string[])[.. path.Split(':'), "/usr/local/bin", "/usr/bin", "/usr/share/dotnet", "/usr/lib/dotnet", home + "/.dotnet"])
            {
                string candidate = folder + "/dotnet";
                if (folder.StartsWith('/') && File.Exists(candidate))
                    return candidate;
            }
            throw new ShimException(ExitCode.SystemError, "cannot find the command dotnet", "install the .NET SDK, or set PATH");
        }
    }

    private string RunSdk(string answer, bool restores)
    {
        var start = new ProcessStartInfo(Sdk) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(Source)! };
        start.ArgumentList.Add("run");
        if (!restores)
            start.ArgumentList.Add("--no-restore");
        start.ArgumentList.Add("--file");
        start.ArgumentList.Add(Source);
        // A word from Shim.Run, which then serves nothing: where the executable is.
        start.Environment["SHIMS_TELL_PATH"] = answer;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        // A super-server's programs have no home, and the SDK wants one to keep its files in.
        if (Environment.GetEnvironmentVariable("HOME") is not { Length: > 0 })
            start.Environment["HOME"] = _folder;
        using Process sdk = Process.Start(start)!;
        sdk.StandardInput.Close();
        Task<string> errors = sdk.StandardError.ReadToEndAsync(); // both at once, as either pipe may fill
        string output = sdk.StandardOutput.ReadToEnd();
        sdk.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }

    /// <summary>The fix if the SDK does not find the package of this project, which is not on any server.</summary>
    private static string HintOn(string output) =>
        output.Contains("NU1101: Unable to find package Shims.", StringComparison.Ordinal) || output.Contains("NU1301: The local source", StringComparison.Ordinal)
            ? "\nThe package Shims is where `make install` has put it, or `make pack` (artifacts/packages): run make pack, and name its folder in the file, such as\n#:property RestoreAdditionalProjectSources=/usr/local/share/shims/packages\n"
            : "";

    private string[]? ReadNote() => TryRead(_note)?.Split('\n'); // None if it has never been built.

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string Stamp()
    {
        var file = new FileInfo(Source);
        return $"{file.LastWriteTimeUtc.Ticks} {file.Length}";
    }

    /// <summary>A hash of all that decides which packages are used: the lines that name packages, properties and the SDK, and this version, which may have come with another package Shims.</summary>
    private string Directives() => Number(string.Concat(File.ReadLines(Source).Where(line => line.StartsWith("#:", StringComparison.Ordinal)).Prepend(ProgramVersion.Line("shim-dotnet"))));

    private FileStream WaitForLock()
    {
        while (true)
        {
            try
            {
                return new FileStream(_note + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception.HResult == Errno.EAGAIN)
            {
                Thread.Sleep(20); // Another process is building; .NET cannot wait for a lock.
            }
        }
    }

    private static List<string> EnvironmentEntries()
    {
        var entries = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            entries.Add($"{entry.Key}={entry.Value}");
        return entries;
    }

    private static string Number(string text) => PathHash.Of(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
}
