using System.Text.RegularExpressions;

namespace Shims.PackageTests;

/// <summary>What the linker's map of a program names, read here without the scripts that the product uses.</summary>
internal sealed partial class LinkedParts
{
    private LinkedParts(string[] files, HashSet<string> symbols) => (Files, Symbols) = (files, symbols);

    /// <summary>Archives and objects by their names, without the compiler's own object: libc.a, crt1.o.</summary>
    internal string[] Files { get; }

    /// <summary>The names of all functions and data.</summary>
    internal HashSet<string> Symbols { get; }

    /// <summary>True if a name begins like the code of an assembly.</summary>
    internal bool HasCodeOf(string assembly)
    {
        string prefix = NotInSymbol().Replace(assembly, "_") + "_";
        return Symbols.Any(symbol => symbol.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Reads the map that `make` has left.</summary>
    internal static LinkedParts Of(string program)
    {
        string path = Repository.PathTo($"artifacts/maps/{program}-linux-{(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64")}.map");
        Requires.That(File.Exists(path), $"{path}, by make");
        var files = new SortedSet<string>(StringComparer.Ordinal);
        var symbols = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 5)
                continue;
            if (Member().Match(words[4]) is { Success: true } member)
                files.Add(Path.GetFileName(member.Groups[1].Value));
            else
                symbols.Add(words[4]);
        }
        return new([.. files], symbols);
    }

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotInSymbol();

    /// <summary>/usr/lib/x86_64-linux-gnu/libc.a(abort.o):(.text). What the compiler has made lies in obj/, by a relative path.</summary>
    [GeneratedRegex(@"^(/[^ ]*\.[ao])[:(]")]
    private static partial Regex Member();
}
