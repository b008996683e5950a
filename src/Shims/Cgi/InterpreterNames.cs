namespace Shims.Cgi;

/// <summary>Programs that run scripts of others, by their file names. Allocates and throws nothing.</summary>
internal static class InterpreterNames
{
    /// <summary>True if a path ends with such a name, whatever version follows it.</summary>
    internal static bool Contains(ReadOnlySpan<byte> path) => IsPhp(path) || IsOther(NameOf(path));

    /// <summary>True if a path ends with a name of PHP: php-cgi, and php of the command line, with any version within or after it (php82-cgi,
    /// php-cgi8.2, ea-php82), or lsphp.</summary>
    internal static bool IsPhp(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> kind = PhpKindOf(path, out bool isPhp);
        return isPhp && (kind.IsEmpty || kind.SequenceEqual("-cgi"u8) || kind.SequenceEqual("-fcgi"u8) || kind.SequenceEqual("-cli"u8));
    }

    /// <summary>True for PHP of the command line, which writes no header.</summary>
    internal static bool IsPhpOfCommandLine(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> kind = PhpKindOf(path, out bool isPhp);
        return isPhp && FileNameOf(path)[0] == (byte)'p' && (kind.IsEmpty || kind.SequenceEqual("-cli"u8));
    }

    /// <summary>The name of a PHP without <c>php</c> and without versions.</summary>
    private static ReadOnlySpan<byte> PhpKindOf(ReadOnlySpan<byte> path, out bool isPhp)
    {
        ReadOnlySpan<byte> name = FileNameOf(path);
        if (name.StartsWith("ls"u8))
            name = name[2..];
        else if (name.StartsWith("ea-"u8))
            name = name[3..];
        isPhp = name.StartsWith("php"u8);
        if (!isPhp)
            return name;
        name = name["php".Length..];
        while (!name.IsEmpty && IsOfVersion(name[0]))
            name = name[1..];
        return WithoutVersion(name);
    }

    /// <summary>The usual extension of the scripts of a program; null if it is not an interpreter.</summary>
    internal static string? ExtensionOf(ReadOnlySpan<byte> path)
    {
        if (IsPhp(path))
            return ".php";
        ReadOnlySpan<byte> name = NameOf(path);
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

    /// <summary>python3.11 is python, and perl5.36-x86_64-linux-gnu is perl.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = FileNameOf(path);
        int machine = name.IndexOf((byte)'-');
        if (machine > 0 && IsOfVersion(name[machine - 1]) && name[machine..].IndexOf("-linux-"u8) >= 0)
            name = name[..machine];
        return WithoutVersion(name);
    }

    private static ReadOnlySpan<byte> FileNameOf(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];

    /// <summary>A name without the version at its end.</summary>
    private static ReadOnlySpan<byte> WithoutVersion(ReadOnlySpan<byte> name)
    {
        while (!name.IsEmpty && IsOfVersion(name[^1]))
            name = name[..^1];
        return name;
    }

    private static bool IsOfVersion(byte character) => character is (>= (byte)'0' and <= (byte)'9') or (byte)'.';

    private static bool IsOther(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("python"u8) || name.SequenceEqual("pypy"u8) || name.SequenceEqual("perl"u8) || name.SequenceEqual("ruby"u8)
        || name.SequenceEqual("lua"u8) || name.SequenceEqual("luajit"u8) || name.SequenceEqual("node"u8) || name.SequenceEqual("nodejs"u8)
        || name.SequenceEqual("sh"u8) || name.SequenceEqual("bash"u8) || name.SequenceEqual("dash"u8) || name.SequenceEqual("ash"u8)
        || name.SequenceEqual("ksh"u8) || name.SequenceEqual("mksh"u8) || name.SequenceEqual("zsh"u8)
        || name.SequenceEqual("tclsh"u8) || name.SequenceEqual("Rscript"u8);
}
