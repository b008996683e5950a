using System.Text;
using Shims.Control.Doctor;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>The body of a request as the command line says it.</summary>
internal static class RequestData
{
    /// <summary>Reads all pieces.</summary>
    /// <param name="pieces">Text, <c>@FILE</c>, or <c>-</c> for standard input. Files are taken as they are, byte for byte.</param>
    /// <returns>The pieces with <c>&amp;</c> between them; null if there are none.</returns>
    /// <exception cref="ShimException">A file cannot be read.</exception>
    internal static byte[]? Read(string[]? pieces)
    {
        if (pieces is null or [])
            return null;
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
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ShimException(ExitCode.Usage, $"cannot read the body from {path}: {exception.Message}", $"write the path right: ls -l {ShellWord.Path(path)}");
        }
    }
}
