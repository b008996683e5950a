namespace Shims.Cgi;

/// <summary>Programs that run scripts of others, by their file names. Allocates and throws nothing.</summary>
internal static class InterpreterNames
{
    /// <summary>True if a path ends with such a name, whatever version follows it.</summary>
    internal static bool Contains(ReadOnlySpan<byte> path) => IsPhp(NameOf(path)) || IsOther(NameOf(path));

    /// <summary>The usual extension of the scripts of a program; null if it is not an interpreter.</summary>
    internal static string? ExtensionOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = NameOf(path);
        if (IsPhp(name))
            return ".php";
        return !IsOther(name) ? null : name[0] switch
        {
            (byte)'p' => name[1] == (byte)'y' ? ".py" : ".pl",
            (byte)'r' => ".rb",
            (byte)'l' => ".lua",
            (byte)'n' => ".js",
            (byte)'t' => ".tcl",
            (byte)'R' => ".R",
            _ => ".sh",
        };
    }

    /// <summary>python3.11 is python.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        int length = name.Length;
        while (length > 0 && name[length - 1] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
            length--;
        return name[..length];
    }

    private static bool IsPhp(ReadOnlySpan<byte> name) => name.SequenceEqual("php-cgi"u8) || name.SequenceEqual("php"u8);

    private static bool IsOther(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("python"u8) || name.SequenceEqual("pypy"u8) || name.SequenceEqual("perl"u8) || name.SequenceEqual("ruby"u8)
        || name.SequenceEqual("lua"u8) || name.SequenceEqual("luajit"u8) || name.SequenceEqual("node"u8) || name.SequenceEqual("nodejs"u8)
        || name.SequenceEqual("sh"u8) || name.SequenceEqual("bash"u8) || name.SequenceEqual("dash"u8) || name.SequenceEqual("ash"u8)
        || name.SequenceEqual("ksh"u8) || name.SequenceEqual("mksh"u8) || name.SequenceEqual("zsh"u8)
        || name.SequenceEqual("tclsh"u8) || name.SequenceEqual("Rscript"u8);
}
