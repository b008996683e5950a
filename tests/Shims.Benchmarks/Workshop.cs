using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks;

/// <summary>Where a run finds the programs under test and makes what it measures them with. Its folder goes when it does.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly Dictionary<string, string> _made = [];

    /// <param name="programs">The folder of scgi-run and fcgi-run; null: bin/ of the repository.</param>
    public Workshop(string? programs)
    {
        Repository = Path.GetFullPath(Path.Combine(Project, "..", ".."));
        Programs = Path.GetFullPath(programs ?? Path.Combine(Repository, "bin"));
    }

    /// <summary>The folder of this project.</summary>
    public static string Project { get; } = FindProject();

    public string Repository { get; }

    private string Programs { get; }

    /// <summary>Short, because the path of a unix socket must fit into 108 bytes.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("shims-").FullName;

    /// <summary>A program under test.</summary>
    public string Program(string name)
    {
        string path = Path.Combine(Programs, name);
        return File.Exists(path) ? Stage(path) : throw new MissingRequirementException($"{path} does not exist: run make");
    }

    /// <summary>A program of the distribution.</summary>
    public static string Tool(string name, string package)
    {
        // Servers live in sbin, which an ordinary user's PATH may lack.
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new MissingRequirementException($"{name} is not installed: apt-get install {package}");
    }

    /// <summary>A file of baseline/ as it is.</summary>
    public static string Baseline(string name) => Path.Combine(Project, "baseline", name);

    /// <summary>A C program of baseline/, compiled as cc does it unless told otherwise.</summary>
    public string Compile(string source, params string[] flags)
    {
        string name = string.Concat([Path.GetFileNameWithoutExtension(source), .. flags]);
        return Make(name, target =>
        {
            string output = target + ".out";
            Run(Tool("cc", "gcc"), ["-O2", "-Wall", .. flags, "-o", output, Baseline(source)]);
            Stage(output, target);
        });
    }

    /// <summary>A C# program of baseline/, compiled to native code as ours are.</summary>
    public string Publish(string name)
    {
        if (!File.Exists(Path.Combine(Repository, "artifacts", "native-framework.props")))
            throw new MissingRequirementException("nothing says which framework native code is made for: run make");
        return Make(name, target =>
        {
            string output = Path.Combine(Repository, "artifacts", "benchmarks", name);
            Run("dotnet", ["publish", Baseline(name), "--output", output, "--verbosity", "quiet", "--nologo"]);
            Stage(Path.Combine(output, name), target);
        });
    }

    /// <summary>A copy to measure.</summary>
    /// <remarks>
    /// How a file came to be decides how large the pieces are in which the page cache holds it, and that is 4% of the time
    /// of a small program: a linker's output starts more slowly than its own copy. So every program is measured as a copy.
    /// </remarks>
    public string Stage(string program) => Make(Path.GetFileName(program), target => Stage(program, target));

    /// <summary>A file with these bytes.</summary>
    public string Store(string name, byte[] content) => Make(name, target => File.WriteAllBytes(target, content));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindProject([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;

    private static void Stage(string program, string target)
    {
        // In one write: File.Copy may share or splice the original's pages.
        File.WriteAllBytes(target, File.ReadAllBytes(program));
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    private static void Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new MissingRequirementException($"{program} {string.Join(' ', arguments)} failed: {errors}{output.Result}");
    }

    private string Make(string name, Action<string> make)
    {
        if (_made.TryGetValue(name, out string? path))
            return path;
        path = Path.Combine(Folder, name);
        make(path);
        return _made[name] = path;
    }
}
