using System.Text.RegularExpressions;

namespace Shims.Testing;

/// <summary>A folder to chroot into: a shell, what is copied there, the libraries of that, and nothing else. No /dev, /proc or /tmp.</summary>
/// <param name="folder">The folder, which is the caller's to remove.</param>
public sealed partial class Jail(string folder)
{
    private readonly string[] _without = [];

    /// <param name="folder">The folder.</param>
    /// <param name="without">Libraries that are left out, by the beginnings of their names.</param>
    public Jail(string folder, params string[] without)
        : this(folder) => _without = without;

    /// <summary>The folder outside.</summary>
    public string Folder => folder;

    /// <summary>The command that runs a program inside.</summary>
    /// <param name="command">The program as it is called inside, and its arguments.</param>
    public string[] CommandFor(params IEnumerable<string> command) => [Tool.PathOf("chroot"), folder, .. command];

    /// <summary>Copies a program, with the libraries that it is linked with.</summary>
    /// <param name="path">The program.</param>
    /// <param name="as">Its path inside.</param>
    public async Task AddProgramAsync(string path, string @as)
    {
        Copy(path, @as);
        // ldd fails for what is linked statically.
        LaunchResult linked = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("ldd"), Arguments = [path] });
        foreach (string library in LibraryPattern().Matches(linked.OutputText).Select(static match => match.Value).Where(IsWanted))
            Copy(library, library);
    }

    /// <summary>Copies a file.</summary>
    public void Copy(string path, string @as)
    {
        string copy = folder + @as;
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        if (!File.Exists(copy))
            File.Copy(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path, copy);
    }

    private bool IsWanted(string library) => !_without.Any(name => Path.GetFileName(library).StartsWith(name, StringComparison.Ordinal));

    [GeneratedRegex(@"/\S+\.so\S*")]
    private static partial Regex LibraryPattern();
}
