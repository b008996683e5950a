using System.Text;
using Shims.Control.Processes;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>The body of a request as the command line says it.</summary>
internal static class RequestData
{
    /// <summary>Reads all pieces.</summary>
    /// <param name="pieces">Text, <c>@FILE</c>, or <c>-</c> for standard input. Files are taken as they are, byte for byte.</param>
    /// <returns>The pieces with <c>&amp;</c> between them, but not after nothing, as curl has it; null if there are none.</returns>
    /// <exception cref="ShimException">A file cannot be read.</exception>
    internal static byte[]? Read(string[]? pieces)
    {
        if (pieces is null or [])
            return null;
        if (pieces.Count(piece => piece == "-") > 1)
            throw new ShimException(ExitCode.Usage, "-d - is given more than once, but standard input can be read only once", "leave one of them out");
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
            throw new ShimException(ExitCode.Usage, "-d @ names no file", "write -d @FILE, or -d %40 for the character in a form");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            (string cause, string cure) = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => ("there is no such file", $"write the path right: ls -l {ShellWords.Path(path)}"),
                _ when Directory.Exists(path) => ("it is a directory", "name a file in it"),
                UnauthorizedAccessException => ("permission denied", $"let this user read it: ls -l {ShellWords.Path(path)}"),
                _ => (exception.Message.TrimEnd('.'), $"see what is there: ls -l {ShellWords.Path(path)}"),
            };
            throw new ShimException(ExitCode.Usage, $"cannot read the body from {path}: {cause}", cure);
        }
    }
}
