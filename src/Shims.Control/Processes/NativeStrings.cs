using System.Text;
using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>Native strings for execve: NUL-terminated, in tables that end with a null pointer. Dispose frees them.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> _allocated = [];

    /// <summary>Allocates a NUL-terminated string.</summary>
    internal byte* Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    /// <summary>Allocates a NUL-terminated string of any bytes.</summary>
    internal byte* Add(ReadOnlySpan<byte> bytes)
    {
        byte* copy = Allocate(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }

    /// <summary>Allocates a table of strings: argv or envp.</summary>
    internal byte** AddTable(IEnumerable<string> texts) => AddTable([.. texts.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Allocates a table of strings of any bytes.</summary>
    internal byte** AddTable(IReadOnlyList<byte[]> strings)
    {
        var table = (byte**)Allocate((strings.Count + 1) * sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
            table[i] = Add(strings[i]);
        table[strings.Count] = null;
        return table;
    }

    public void Dispose()
    {
        foreach (nint memory in _allocated)
            Libc.Free((void*)memory);
        _allocated.Clear();
    }

    private byte* Allocate(int size)
    {
        byte* memory = Libc.Allocate(size);
        if (memory == null)
            throw new OutOfMemoryException();
        _allocated.Add((nint)memory);
        return memory;
    }
}
