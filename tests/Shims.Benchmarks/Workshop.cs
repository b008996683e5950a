using System.Diagnostics;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks;

/// <summary>Where a run finds the programs under test and makes what it measures them with. Its folder goes when it does.</summary>
/// <param name="programs">The folder of scgi-run and fcgi-run; null: bin/ of the repository.</param>
internal sealed class Workshop(string? programs) : IDisposable
{
    private const string Project = "tests/Shims.Benchmarks/";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _made = [];

    /// <summary>Where the last whole table is kept.</summary>
    public static string ReportFile => Repository.PathTo("docs/benchmarks.md");

    /// <summary>Where its chart is.</summary>
    public static string ChartFile => Repository.PathTo("docs/benchmarks.svg");

    /// <summary>A configuration of baseline/.</summary>
    public static ExampleFile Configuration(string name) => ExampleFile.Read($"{Project}baseline/{name}");

    /// <summary>A file of baseline/ as it is.</summary>
    public static string Baseline(string name) => Repository.PathTo($"{Project}baseline/{name}");

    /// <summary>A program under test.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public string Program(string name)
    {
        if (programs is null)
            return Stage(Repository.Program(name));
        string path = Path.GetFullPath(Path.Combine(programs, name));
        return File.Exists(path) ? Stage(path) : throw new FileNotFoundException($"there is no {path}");
    }

    /// <summary>A C program of baseline/, compiled as cc does it unless told otherwise.</summary>
    public string Compile(string source, params string[] flags)
    {
        string name = string.Concat([Path.GetFileNameWithoutExtension(source), .. flags]);
        return Make(name, target =>
        {
            string output = target + ".out";
            Run(Tool.PathOf("cc"), ["-O2", "-Wall", .. flags, "-o", output, Baseline(source)]);
            Stage(output, target);
        });
    }

    /// <summary>A C program of baseline/ that needs no C library: baseline/no-library.c takes its place.</summary>
    public string CompileWithoutLibrary(string source) => Make(Path.GetFileNameWithoutExtension(source) + "-no-library", target =>
    {
        string output = target + ".out";
        // The last two: there is nothing to check the stack with, and a loop that copies is not to become a call of memcpy, least of all in memcpy.
        Run(Tool.PathOf("cc"),
        [
            "-O2", "-Wall", "-nostdlib", "-static", "-fno-stack-protector", "-fno-tree-loop-distribute-patterns",
            "-o", output, Baseline(source), Baseline("no-library.c"),
        ]);
        Stage(output, target);
    });

    /// <summary>A C# program of baseline/, compiled to native code exactly as ours are.</summary>
    public string Publish(string name) => Make(name, target =>
    {
        string output = Repository.PathTo($"artifacts/benchmarks/{name}");
        Run(Tool.PathOf("dotnet"), ["publish", Baseline(name), "--output", output, "--verbosity", "quiet", "--nologo"]);
        Stage(Path.Combine(output, name), target);
    });

    /// <summary>A C# program of baseline/ for the JIT.</summary>
    public string Build(string name)
    {
        string output = Repository.PathTo($"artifacts/benchmarks/{name}");
        if (_made.TryAdd(name, Path.Combine(output, name)))
            Run(Tool.PathOf("dotnet"), ["build", Baseline(name), "--configuration", "Release", "--output", output, "--verbosity", "quiet", "--nologo"]);
        return _made[name];
    }

    /// <summary>A copy of a program, to be measured in its place.</summary>
    /// <remarks>
    /// How a file came to be decides how large the pieces are in which the page cache holds it, and that is a tenth of the time
    /// of a small program: a linker's output starts more slowly than its own copy. So every program is measured as a copy.
    /// </remarks>
    public string Stage(string program) => Make(Path.GetFileName(program), target => Stage(program, target));

    /// <summary>A file with these bytes.</summary>
    public string Store(string name, byte[] content) => Make(name, target => File.WriteAllBytes(target, content));

    /// <summary>A file of so many zeros that takes no room on the disk.</summary>
    public string Zeros(long length) => Make($"zeros-{length}", target =>
    {
        using FileStream file = File.Create(target);
        file.SetLength(length);
    });

    /// <summary>An empty folder.</summary>
    public string Folder(string name) => Make(name, static target => Directory.CreateDirectory(target));

    /// <summary>A named pipe.</summary>
    public string Pipe(string name) => Make(name, target => Run(Tool.PathOf("mkfifo"), [target]));

    public void Dispose() => _folder.Dispose();

    private static void Stage(string program, string target)
    {
        // In one write: File.Copy may share the original's pages.
        File.WriteAllBytes(target, File.ReadAllBytes(program));
        File.SetUnixFileMode(target, File.GetUnixFileMode(program));
    }

    private static void Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidMeasurementException($"{program} {string.Join(' ', arguments)} failed: {output}{errors.Result}");
    }

    private string Make(string name, Action<string> make)
    {
        if (_made.TryGetValue(name, out string? path))
            return path;
        path = _folder.PathTo(name);
        make(path);
        return _made[name] = path;
    }
}
