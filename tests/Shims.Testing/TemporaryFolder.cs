namespace Shims.Testing;

/// <summary>A folder that is gone with everything in it when the test ends.</summary>
/// <remarks>
/// Open to everybody, because servers that start as root do their work as somebody else; and with a short name, because the
/// path of a unix socket may not be longer than 107 bytes.
/// </remarks>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode OpenToAll = (UnixFileMode)0b111_101_101;

    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("shims-").FullName;
        File.SetUnixFileMode(Path, OpenToAll);
    }

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>A path inside the folder.</summary>
    public string PathTo(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Makes a folder inside the folder.</summary>
    public string MakeFolder(string relative) => Directory.CreateDirectory(PathTo(relative)).FullName;

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string relative, string content) => Write(relative, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string relative, byte[] content)
    {
        string path = PathTo(relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Writes a file that may be executed (mode 755) and returns its path.</summary>
    public string WriteScript(string relative, string content) => WriteScript(relative, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a file that may be executed (mode 755) and returns its path.</summary>
    public string WriteScript(string relative, byte[] content)
    {
        string path = Write(relative, content);
        File.SetUnixFileMode(path, OpenToAll);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
