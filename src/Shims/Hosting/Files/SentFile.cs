using System.Text;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>An open file that is sent: a regular file in a folder, wherever a path tries to lead.</summary>
internal sealed class SentFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private SentFile(SafeFileHandle handle, in FileStatus status)
    {
        _handle = handle;
        Length = status.Size;
        Modified = DateTimeOffset.FromUnixTimeSeconds(status.ModifiedSeconds);
        Tag = new EntityTagHeaderValue($"\"{status.ModifiedSeconds:x}.{status.ModifiedNanoseconds:x}-{status.Size:x}\"");
    }

    /// <summary>Bytes.</summary>
    internal long Length { get; }

    /// <summary>The time of the last change, in whole seconds, as HTTP has it.</summary>
    internal DateTimeOffset Modified { get; }

    /// <summary>Changes with the content.</summary>
    internal EntityTagHeaderValue Tag { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="root">The folder; absolute, with no slash at its end.</param>
    /// <param name="path">Below it. May come from a request.</param>
    /// <exception cref="BadRequestException">There is no such file in the folder (404), or it cannot be read (403).</exception>
    internal static SentFile Open(string root, string path)
    {
        if (path.StartsWith(root + "/", StringComparison.Ordinal))
            path = path[(root.Length + 1)..];
        // Names that begin with a dot are above the folder, or are not meant to be seen.
        foreach (string part in path.Split('/'))
        {
            if (part.Length == 0 || part[0] == '.' || part.Contains('\0'))
                throw Missing();
        }
        byte[] name = Encoding.UTF8.GetBytes($"{root}/{path}\0");
        int descriptor = Libc.Open(name, Flags.O_RDONLY | Flags.O_NONBLOCK | Flags.O_NOCTTY);
        if (descriptor < 0)
        {
            throw Libc.Errno == Errno.EACCES
                ? new BadRequestException(403, "a file that a handler sends cannot be read by this user")
                : Missing();
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Libc.TryGetStatus(descriptor, out FileStatus status) && status.IsFile && IsBelow(descriptor, root))
            return new SentFile(handle, status);
        handle.Dispose();
        throw Missing();
    }

    /// <summary>Reads a part of it.</summary>
    /// <exception cref="IOException">It has become shorter, or cannot be read.</exception>
    internal int Read(Span<byte> buffer, long offset)
    {
        int count = RandomAccess.Read(_handle, buffer, offset);
        return count > 0 ? count : throw new IOException("A file has become shorter while it was sent.");
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Looks at what is open, so that nothing can change between the look and the use: a symbolic link may lead elsewhere in the folder,
    /// but not out of it, and not to a name that begins with a dot.
    /// </summary>
    private static bool IsBelow(int descriptor, string root)
    {
        Span<byte> file = new byte[Flags.PATH_MAX + 1], folder = new byte[Flags.PATH_MAX + 1];
        int length = Libc.PathOfDescriptor(descriptor, file);
        int rootLength = Libc.RealPath(Encoding.UTF8.GetBytes(root + "\0"), folder);
        return length > rootLength && rootLength > 0 && file[rootLength] == (byte)'/' && file.StartsWith(folder[..rootLength])
            && file[rootLength..length].IndexOf("/."u8) < 0;
    }

    private static BadRequestException Missing() => new(404, "a file that a handler sends is not there") { IsOrdinary = true };
}
