using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>The options for the files and directories of TARGET.</summary>
internal sealed class ScriptOptions
{
    /// <summary>Names of <c>--index</c> at the most: each of them is looked for.</summary>
    internal const int MostIndexes = 16;

    /// <summary><c>--interpreter</c>: each extension once.</summary>
    internal Interpreter[] Interpreters { get; init; } = [];

    /// <summary><c>--index</c>: names of files that respond for their directory, in their order.</summary>
    internal byte[][] Indexes { get; init; } = [];

    /// <summary><c>--allow-writable</c>: an interpreter may run what the gateway's user or every user may write.</summary>
    internal bool AllowsWritable { get; init; }

    /// <summary><c>--mount</c>: begins with a slash; empty if it was not given.</summary>
    internal byte[] Mount { get; init; } = [];

    /// <summary>Options of single scripts.</summary>
    internal ScriptSection[] Sections { get; init; } = [];

    /// <summary>True if a script has a time of its own, which the shim has to look after.</summary>
    internal bool HasTimes => Array.Exists(Sections, static section => section.Seconds is not null);

    /// <summary>The section that a plan names; null if it names none.</summary>
    internal ScriptSection? SectionOf(in LaunchPlan plan) => plan.Section == 0 ? null : Sections[plan.Section - 1];

    /// <summary>
    /// Finds the section of a script: by its path, or, if that has none and is a link, by the path of the file that it leads to, so that no
    /// second name is a way around the options. Allocates and throws nothing.
    /// </summary>
    /// <param name="target">The directory.</param>
    /// <param name="file">The script's path in it.</param>
    /// <returns>Its number, from 1; 0 if it has none.</returns>
    internal int FindSection(scoped in ScriptTarget target, ReadOnlySpan<byte> file)
    {
        if (Sections.Length == 0)
            return 0;
        int section = FindSection(target.Path, file);
        return section > 0 ? section : FindResolved(target, file);
    }

    [SkipLocalsInit]
    private unsafe int FindResolved(scoped in ScriptTarget target, ReadOnlySpan<byte> file)
    {
        Span<byte> path = stackalloc byte[Flags.PATH_MAX + 1], folder = stackalloc byte[Flags.PATH_MAX + 1];
        if (file.Length > Flags.PATH_MAX)
            return 0;
        int length = Resolve(file, path);
        int folderLength = Resolve(target.Path, folder);
        return length > 0 && folderLength > 0 && path[..length].StartsWith(folder[..folderLength])
            ? FindSection(folder[..folderLength], path[..length]) : 0;
    }

    private static int Resolve(ReadOnlySpan<byte> file, Span<byte> path)
    {
        file.CopyInto(path);
        path[file.Length] = 0;
        return Libc.RealPath(path, path);
    }

    private int FindSection(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> file)
    {
        if (file.Length <= folder.Length + 1 || file[folder.Length] != (byte)'/')
            return 0;
        ReadOnlySpan<byte> name = file[(folder.Length + 1)..];
        for (int i = 0; i < Sections.Length; i++)
        {
            if (name.SequenceEqual(Sections[i].Name))
                return i + 1;
        }
        return 0;
    }

    /// <summary>The interpreter for a file, by the end of its name; null if it has none. Allocates and throws nothing.</summary>
    /// <param name="path">Its path.</param>
    internal unsafe byte* InterpreterOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        foreach (ref readonly Interpreter interpreter in new ReadOnlySpan<Interpreter>(Interpreters))
        {
            if (name.Length > interpreter.Extension.Length && name.EndsWith(interpreter.Extension))
                return interpreter.Program;
        }
        return null;
    }
}
