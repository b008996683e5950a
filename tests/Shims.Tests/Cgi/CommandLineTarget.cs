using System.Runtime.InteropServices;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

/// <summary>TARGET and its arguments in memory that stays where it is, as the programs have them.</summary>
internal sealed unsafe class CommandLineTarget : IDisposable
{
    private readonly List<nint> _allocated = [];
    private ScriptTarget _target;

    /// <param name="path">Absolute. A slash at its end makes it a directory.</param>
    /// <param name="arguments">What follows it.</param>
    internal CommandLineTarget(string path, params string[] arguments)
    {
        bool isDirectory = path.EndsWith('/');
        byte[] bytes = Latin1.Bytes(isDirectory ? path.TrimEnd('/') : path);
        var table = (byte**)NativeMemory.Alloc((nuint)((arguments.Length + 1) * sizeof(byte*)));
        _allocated.Add((nint)table);
        for (int i = 0; i < arguments.Length; i++)
            table[i] = Copy(Latin1.Bytes(arguments[i]));
        table[arguments.Length] = null;
        _target = new ScriptTarget(Copy(bytes), bytes.Length, isDirectory, table, arguments.Length);
    }

    internal ref readonly ScriptTarget Target => ref _target;

    /// <summary>The same where the web server may leave it to the program which script a URL names.</summary>
    /// <param name="mount"><c>--mount</c>; null if it is not given.</param>
    /// <param name="index"><c>--index</c>; null if it is not given.</param>
    internal CommandLineTarget WithUrls(string? mount = null, string? index = null)
    {
        ScriptOptions? options = mount is null && index is null ? null
            : new ScriptOptions { Mount = Latin1.Bytes(mount ?? ""), Indexes = index is null ? [] : [Latin1.Bytes(index)] };
        _target = _target with { WalksUrl = true, Options = options };
        return this;
    }

    public void Dispose()
    {
        foreach (nint memory in _allocated)
            NativeMemory.Free((void*)memory);
    }

    private byte* Copy(byte[] text)
    {
        var copy = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        _allocated.Add((nint)copy);
        text.CopyTo(new Span<byte>(copy, text.Length));
        return copy;
    }
}
