namespace Shims.Cgi;

/// <summary>The TARGET of the command line: one script with arguments, or a directory of scripts.</summary>
/// <param name="path">Absolute, NUL-terminated, good for the life of the process.</param>
/// <param name="length">Bytes of the path, without the NUL and, for a directory, without the slash at its end.</param>
/// <param name="isDirectory">True if the path was given with a slash at its end.</param>
/// <param name="arguments">The words after the target: NUL-terminated strings, ended by a null pointer.</param>
/// <param name="argumentCount">Their number.</param>
internal readonly unsafe struct ScriptTarget(byte* path, int length, bool isDirectory, byte** arguments, int argumentCount)
{
    internal byte* Pointer { get; } = path;

    internal ReadOnlySpan<byte> Path => new(Pointer, length);

    internal bool IsDirectory { get; } = isDirectory;

    internal byte** Arguments { get; } = arguments;

    internal int ArgumentCount { get; } = argumentCount;

    /// <summary>True if the URL may have to say which script is meant, since the web server does not: see <see cref="UrlResolver"/>.</summary>
    internal bool WalksUrl { get; init; }

    /// <summary><c>--mount</c>: the path of the URL under which the target stands; empty if it is not said.</summary>
    internal ReadOnlySpan<byte> Mount => Options is null ? default : Options.Mount;

    /// <summary>The options for files and directories; null if there are none.</summary>
    internal ScriptOptions? Options { get; init; }
}
