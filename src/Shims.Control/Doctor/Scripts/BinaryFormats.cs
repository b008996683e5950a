using System.Globalization;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>
/// Files that the kernel gives to a registered interpreter without any <c>#!</c>: programs for other machines to an emulator, archives of
/// Java to java. binfmt_misc.
/// </summary>
/// <remarks><code>
///   enabled
///   interpreter /usr/bin/qemu-aarch64-static
///   flags: OCF
///   offset 0
///   magic 7f454c460201010000000000000000000200b700        or:   extension .jar
///   mask ffffffffffffff00fffffffffffffffffeffffff
/// </code>Kernel documentation, admin-guide/binfmt-misc.rst.</remarks>
internal sealed class BinaryFormats
{
    private const string Folder = "/proc/sys/fs/binfmt_misc";

    private readonly List<(string Interpreter, string? Extension, int Offset, byte[] Magic, byte[]? Mask)> _formats = [];

    /// <param name="entries">The text of each registration.</param>
    internal BinaryFormats(IEnumerable<string> entries)
    {
        foreach (string entry in entries)
        {
            Dictionary<string, string> values = entry.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2))
                .DistinctBy(words => words[0]).ToDictionary(words => words[0], words => words.ElementAtOrDefault(1) ?? "");
            if (!values.ContainsKey("enabled") || !values.TryGetValue("interpreter", out string? interpreter))
                continue;
            if (values.TryGetValue("extension", out string? extension))
                _formats.Add((interpreter, extension, 0, [], null));
            else if (values.TryGetValue("magic", out string? magic))
                _formats.Add((interpreter, null, int.Parse(values.GetValueOrDefault("offset", "0"), CultureInfo.InvariantCulture),
                    Convert.FromHexString(magic), values.TryGetValue("mask", out string? mask) ? Convert.FromHexString(mask) : null));
        }
    }

    /// <summary>This machine's; none where the kernel does not say.</summary>
    internal static BinaryFormats OfThisMachine { get; } = new(Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder)
            .Where(file => Path.GetFileName(file) is not ("register" or "status") && UserAccount.Current.May(Access.Read, file))
            .Select(File.ReadAllText)
        : []);

    /// <summary>The program that the kernel starts in a file's place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Its first bytes; the kernel looks at 256.</param>
    /// <returns>Null if nothing is registered for it.</returns>
    internal string? InterpreterOf(string path, ReadOnlySpan<byte> start)
    {
        foreach ((string interpreter, string? extension, int offset, byte[] magic, byte[]? mask) in _formats)
        {
            if (extension is not null ? path.EndsWith(extension, StringComparison.Ordinal) : Begins(start, offset, magic, mask))
                return interpreter;
        }
        return null;
    }

    private static bool Begins(ReadOnlySpan<byte> start, int offset, byte[] magic, byte[]? mask)
    {
        if (start.Length < offset + magic.Length)
            return false;
        for (int i = 0; i < magic.Length; i++)
        {
            if (((start[offset + i] ^ magic[i]) & (mask?[i] ?? 0xFF)) != 0)
                return false;
        }
        return true;
    }
}
