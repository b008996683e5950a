using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Shims.Testing.Matrix;

/// <summary>A program of the distribution whose version the matrix names.</summary>
/// <param name="name">What people call it: Apache.</param>
/// <param name="program">What it is started as: apache2.</param>
/// <param name="versionArguments">What makes it say its version: -v.</param>
public sealed partial class Product(string name, string program, params IReadOnlyList<string> versionArguments)
{
    private readonly Lazy<string> _version = new(() => Ask(program, versionArguments));

    private Product(string name, string program, Lazy<string> version) : this(name, program) => _version = version;

    /// <summary>A program that does not say its version: it is that of Debian's package.</summary>
    public static Product OfPackage(string name, string program, string package) =>
        new(name, program, new Lazy<string>(() => Ask("dpkg-query", ["-Wf", "${Version}", package])));

    public string Name { get; } = name;

    public string Program { get; } = program;

    public bool IsInstalled => Tool.Exists(Program);

    /// <summary>The first thing that looks like a version in what the program says.</summary>
    public string Version => _version.Value;

    /// <summary>nginx 1.22.1</summary>
    public override string ToString() => $"{Name} {Version}";

    private static string Ask(string program, IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Tool.PathOf(program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return Number().Match(said) is { Success: true } number ? number.Value : throw new InvalidDataException($"{program} {string.Join(' ', arguments)} names no version: {said}");
    }

    [GeneratedRegex(@"\d+(\.\d+)+[\w.+~-]*")]
    private static partial Regex Number();
}
