using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>A capsule as <c>--record</c> has written it, read by the description of its format.</summary>
public sealed class CapsuleFile
{
    private readonly List<(string Name, byte[] Content)> _sections = [];

    private CapsuleFile(string path, byte[] bytes) => (Path, Bytes) = (path, bytes);

    public string Path { get; }

    public byte[] Bytes { get; }

    /// <summary>The content of a section that occurs once, as Latin-1 so that each character is a byte; null if there is none.</summary>
    public string? this[string name] => All(name).SingleOrDefault();

    /// <summary>The contents of a section that may occur several times.</summary>
    public IReadOnlyList<string> All(string name) => [.. _sections.Where(section => section.Name == name).Select(section => Encoding.Latin1.GetString(section.Content))];

    /// <summary>The capsules in a folder.</summary>
    public static IReadOnlyList<CapsuleFile> In(string folder) => [.. Directory.GetFiles(folder, "*.capsule").Select(Read)];

    /// <exception cref="InvalidDataException">It is not in the format.</exception>
    public static CapsuleFile Read(string path)
    {
        var capsule = new CapsuleFile(path, File.ReadAllBytes(path));
        int at = 0;
        if (Line(capsule.Bytes, ref at) != "shims-capsule 1")
            throw new InvalidDataException($"{path} does not begin as a capsule");
        while (capsule._sections is not [.., ("end", _)])
        {
            string[] words = Line(capsule.Bytes, ref at).Split(' ');
            int length = int.Parse(words[1], CultureInfo.InvariantCulture);
            capsule._sections.Add((words[0], capsule.Bytes[at..(at + length)]));
            at += length;
            if (capsule.Bytes[at++] != '\n')
                throw new InvalidDataException($"{path}: {words[0]} has another length");
        }
        return at == capsule.Bytes.Length ? capsule : throw new InvalidDataException($"{path} goes on after its end");
    }

    public override string ToString() => Encoding.Latin1.GetString(Bytes);

    private static string Line(byte[] bytes, ref int at)
    {
        int end = Array.IndexOf(bytes, (byte)'\n', at);
        string line = Encoding.ASCII.GetString(bytes, at, end - at);
        at = end + 1;
        return line;
    }
}
