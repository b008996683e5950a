using System.Text;
using Shims.Control.Processes;
using Shims.Control.Users;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>The body of a request from the command line.</summary>
internal static class RequestData
{
    /// <summary>Reads all pieces.</summary>
    /// <param name="pieces">Text, <c>@FILE</c>, or <c>-</c> for standard input. Files are read byte for byte.</param>
    /// <returns>The pieces joined with <c>&amp;</c>, but not after an empty one, as by curl; null if there are none.</returns>
    /// <exception cref="ShimException">A file cannot be read.</exception>
    internal static byte[]? Read(string[]? pieces)
    {
        if (pieces is null or [])
            return null;
        if (pieces.Count(piece => piece == "-") > 1)
        {
            throw new ShimException(ExitCode.Usage, "-d - is given more than once, but standard input can be read only once",
                "give it once");
        }
        var body = new MemoryStream();
        foreach (string piece in pieces)
        {
            if (body.Length > 0)
                body.WriteByte((byte)'&');
            body.Write(piece == "-" ? ReadStandardInput() : piece.StartsWith('@') ? ReadFile(piece[1..]) : Encoding.UTF8.GetBytes(piece));
        }
        return body.ToArray();
    }

    private static byte[] ReadStandardInput()
    {
        using Stream input = Console.OpenStandardInput();
        var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] ReadFile(string path)
    {
        if (path.Length == 0)
            throw new ShimException(ExitCode.Usage, "-d @ names no file", "write -d @FILE, or -d %40 for the character @ in a form");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            (string cause, string cure) = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => ("no such file or directory", "correct the path"),
                _ when Directory.Exists(path) => ("it is a directory", "name a file in it"),
                UnauthorizedAccessException
                    when UserAccount.Current.FindObstacle(Access.Read, Path.GetFullPath(path)) is { Kind: ObstacleKind.Forbidden } obstacle =>
                    ($"permission denied: {obstacle.Description}", "grant it, or run shimctl as a user who has it"),
                UnauthorizedAccessException =>
                    ("permission denied", "run shimctl as root, and check the security module (SELinux, AppArmor)"),
                _ => (exception.Message.TrimEnd('.'), $"check the file: ls -l {ShellWords.Path(path)}"),
            };
            throw new ShimException(ExitCode.Usage, $"cannot read the body from {path}: {cause}", cure);
        }
    }
}
