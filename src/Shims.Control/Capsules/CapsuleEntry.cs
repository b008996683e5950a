using Shims.Diagnostics;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>A capsule in a list.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Content">Its content; null if it cannot be read.</param>
/// <param name="Fault">The reason for that.</param>
/// <param name="Written">The time at which the file was written.</param>
internal sealed record CapsuleEntry(string Path, Capsule? Content, string? Fault, DateTimeOffset Written)
{
    private const string Suffix = ".capsule";

    /// <summary>Larger than the number of capsules that --record keeps, so that a directory of something else ends soon.</summary>
    private const int Most = 10_000;

    /// <summary>The time of the request.</summary>
    internal DateTimeOffset Time => Content?.Time ?? Written;

    /// <summary>True if the request failed, or if it cannot be known that it did not.</summary>
    internal bool HasFailed => Content is not { Reason: CapsuleReason.All };

    /// <summary>Reads a capsule.</summary>
    internal static CapsuleEntry Read(string path)
    {
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        try
        {
            using CapsuleFile file = CapsuleFile.Open(path);
            return new CapsuleEntry(path, file.Read(), null, written);
        }
        catch (ShimException exception)
        {
            return new CapsuleEntry(path, null, exception.Message, written);
        }
    }

    /// <summary>The capsules of a directory.</summary>
    /// <exception cref="ShimException">The directory cannot be read.</exception>
    internal static IEnumerable<string> FilesIn(string folder)
    {
        try
        {
            // One that is being written has a name that begins with a dot.
            return
            [
                .. Directory.EnumerateFiles(folder, "*" + Suffix)
                    .Where(static file => System.IO.Path.GetFileName(file)[0] != '.')
                    .Take(Most),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ShimException(ExitCode.SystemError, $"cannot read {folder}: {exception.Message.TrimEnd('.')}",
                "run shimctl as the user of the gateway, or as root (sudo)");
        }
    }

    /// <summary>Finds the capsule of a request.</summary>
    /// <param name="id">The request's id, or the beginning of it.</param>
    /// <param name="folders">The directories to look in.</param>
    /// <exception cref="ShimException">There is none, or more than one.</exception>
    internal static string Find(string id, IReadOnlyList<string> folders)
    {
        string[] found =
            [.. folders.SelectMany(FilesIn).Where(file => System.IO.Path.GetFileName(file).StartsWith(id, StringComparison.Ordinal))];
        string[] exact = [.. found.Where(file => System.IO.Path.GetFileName(file) == id + Suffix)];
        return (exact, found) switch
        {
            ([var only, ..], _) => only,
            (_, [var only]) => only,
            (_, []) => throw new ShimException(ExitCode.Usage, folders.Count == 0
                ? $"no such file: {id}, and no directory of capsules is known in which a request has that id"
                : $"no such file: {id}, and no request with that id in {string.Join(", ", folders)}",
                $"name the directory of --record too: shimctl show DIR {id}; the oldest capsules are removed when there are many"),
            _ => throw new ShimException(ExitCode.Usage, $"{found.Length} requests have an id that begins with {id}", "write more of it"),
        };
    }
}
