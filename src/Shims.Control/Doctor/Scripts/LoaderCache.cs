using System.Buffers.Binary;
using System.Text;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The list of libraries that <c>ldconfig</c> keeps for the loader.</summary>
/// <remarks>
/// <code>
///   "glibc-ld.so.cache1.1"  number of entries  size of strings  28 more bytes    entries: flags  name  path  os version  hwcap
///             20                    4                 4                                     4     4     4        4         8
/// </code>
/// Names and paths are offsets from the start to NUL-terminated text. glibc: sysdeps/generic/dl-cache.h; the older format, which may stand
/// before this one, is skipped.
/// </remarks>
internal sealed class LoaderCache
{
    private const int HeaderSize = 48, EntrySize = 24;

    private readonly ILookup<string, string> _paths;

    internal LoaderCache(ReadOnlySpan<byte> cache)
    {
        var entries = new List<(string Name, string Path)>();
        int start = cache.IndexOf("glibc-ld.so.cache1.1"u8);
        if (start >= 0)
        {
            cache = cache[start..];
            long count = cache.Length < HeaderSize ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(cache[20..]);
            for (int at = HeaderSize; count > 0 && at + EntrySize <= cache.Length; at += EntrySize, count--)
                entries.Add((Text(cache, at + 4), Text(cache, at + 8)));
        }
        _paths = entries.ToLookup(entry => entry.Name, entry => entry.Path);
    }

    /// <summary>This machine's; empty where there is none (musl has none).</summary>
    internal static LoaderCache OfThisMachine() => new(File.Exists("/etc/ld.so.cache") ? File.ReadAllBytes("/etc/ld.so.cache") : []);

    /// <summary>The places of a library, for all processors.</summary>
    internal IEnumerable<string> Find(string name) => _paths[name];

    private static string Text(ReadOnlySpan<byte> cache, int at)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(cache[at..]);
        if (offset >= cache.Length)
            return "";
        ReadOnlySpan<byte> text = cache[(int)offset..];
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
