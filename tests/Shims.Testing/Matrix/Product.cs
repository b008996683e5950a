using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Shims.Testing.Matrix;

/// <summary>A program of the distribution whose version the matrix names.</summary>
/// <param name="name">What people call it: Apache.</param>
/// <param name="program">What it is started as: apache2.</param>
/// <param name="versionArgument">What makes it say its version: -v.</param>
public sealed partial class Product(string name, string program, string versionArgument)
{
    private readonly Lazy<string> _version = new(() => Ask(program, versionArgument));

    public string Name { get; } = name;

    public string Program { get; } = program;

    public bool IsInstalled => Tool.Exists(Program);

    /// <summary>The first thing that looks like a version in what the program says.</summary>
    public string Version => _version.Value;

    /// <summary>nginx 1.22.1</summary>
    public override string ToString() => $"{Name} {Version}";

    private static string Ask(string program, string argument)
    {
        using Process process = Process.Start(new ProcessStartInfo(Tool.PathOf(program), [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return Number().Match(said) is { Success: true } number ? number.Value : throw new InvalidDataException($"{program} {argument} names no version: {said}");
    }

    [GeneratedRegex(@"\d+(\.\d+)+[\w.+~-]*")]
    private static partial Regex Number();
}
