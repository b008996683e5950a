using Microsoft.Win32.SafeHandles;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The files of one form, one after the other in a single temporary file: however many there are, they take one descriptor.</summary>
internal sealed class FormFileStore : IDisposable
{
    private SafeFileHandle? _file;
    private long _length;

    /// <summary>Reads a file to its end.</summary>
    /// <returns>The content, at its start; good until this store is closed.</returns>
    /// <exception cref="IOException">A temporary file cannot be made or written.</exception>
    internal Stream Add(Stream content)
    {
        long start = _length;
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = content.Read(buffer)) > 0)
        {
            RandomAccess.Write(_file ??= Create(), buffer.AsSpan(0, count), _length);
            _length += count;
        }
        return _file is null ? new MemoryStream([], writable: false) : new FormFileStream(_file, start, _length - start);
    }

    public void Dispose() => _file?.Dispose();

    private static SafeFileHandle Create()
    {
        int file = TemporaryFile.Create();
        if (file < 0)
        {
            throw Libc.Errno == Errno.EMFILE
                ? new IOException("Too many open files: a temporary file for an upload cannot be opened. Raise the limit (ulimit -n), or close what the handler has opened.")
                : new IOException($"A temporary file for an upload cannot be made (error {Libc.Errno}). Make room, or set TMPDIR to a directory with more.");
        }
        return new SafeFileHandle(file, ownsHandle: true);
    }
}
