using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Reads what the command line has in a file: one entry a line, empty lines and comments (#) left out.</summary>
internal static class SettingsFile
{
    /// <summary>Far more than a command line can be.</summary>
    private const int MaxSize = 1 << 20;

    /// <summary>More of a path is not told.</summary>
    private const int LongestPath = 200;

    /// <summary>Reads the file.</summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isSecret">True if others may not even read it.</param>
    /// <returns>The lines, trimmed, each with its number.</returns>
    /// <exception cref="ShimException">It cannot be read, is too long, or belongs to too many. Nothing that is in it is in the message.</exception>
    internal static List<(int Number, byte[] Text)> Read(string option, string path, bool isSecret)
    {
        byte[] content = ReadAll(option, path, isSecret);
        var lines = new List<(int, byte[])>();
        int number = 0;
        foreach (Range range in content.AsSpan().Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = content.AsSpan()[range].Trim(" \t\r"u8);
            if (!line.IsEmpty && line[0] != (byte)'#')
                lines.Add((number, line.ToArray()));
        }
        return lines;
    }

    private static byte[] ReadAll(string option, string path, bool isSecret)
    {
        try
        {
            // A named pipe would let the program wait for ever.
            if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.Device) != 0)
                throw Refusal(option, path, "there is no such file", "write its path, which begins with a slash");
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            UnixFileMode mode = File.GetUnixFileMode(file);
            if ((mode & UnixFileMode.OtherWrite) != 0)
                throw Refusal(option, path, "it is world-writable", $"chmod o-w {path}");
            if (isSecret && (mode & UnixFileMode.OtherRead) != 0)
                throw Refusal(option, path, "it is world-readable", $"chmod o-r {path}");
            long length = RandomAccess.GetLength(file);
            if (length > MaxSize)
                throw Refusal(option, path, "it is larger than a megabyte", "give the path of the right file");
            byte[] content = new byte[length];
            return content[..RandomAccess.Read(file, content, 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refusal(option, path, "it cannot be read", $"let user {Libc.EffectiveUser} read it");
        }
    }

    /// <summary>The fault in the file.</summary>
    internal static ShimException Refusal(string option, string path, string fault, string cure)
    {
        string shown = PrintableText.Of(Encoding.UTF8.GetBytes(path.Length <= LongestPath ? path : path[..LongestPath] + "..."));
        return new ShimException(ExitCode.Usage, $"{option} {shown}: {fault}", cure);
    }
}
