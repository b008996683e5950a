namespace Shims.Control.Serve;

/// <summary>The time, size and mode of a file, by which a change shows.</summary>
internal static class FileStamp
{
    /// <summary>The stamp of a file; empty if there is none.</summary>
    internal static string Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length} {file.UnixFileMode}" : "";
    }
}
