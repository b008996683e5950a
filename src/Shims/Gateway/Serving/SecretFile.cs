using Microsoft.Win32.SafeHandles;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary><c>--secret-file FILE</c>: what web servers must send with each AJP13 request. It is read once, at the start, and nothing of it is ever told.</summary>
internal static class SecretFile
{
    internal const string Option = "--secret-file";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the secret. A newline at the end of the file is not a part of it.</summary>
    /// <exception cref="ShimException">The file cannot be read, is anybody else's business too, or holds what no web server can send.</exception>
    internal static Secret Read(string path) => new(ReadValue(path));

    /// <summary>Reads the secret for a web server's side, which sends it.</summary>
    /// <exception cref="ShimException">As of <see cref="Read"/>.</exception>
    internal static byte[] ReadValue(string path)
    {
        Span<byte> content = stackalloc byte[Secret.MaxLength + 2];
        ReadOnlySpan<byte> value = content[..ReadAll(path, content)];
        if (value.EndsWith("\n"u8))
            value = value[..^1];
        if (value.IsEmpty)
            throw Refusal(path, "it is empty", $"head -c 24 /dev/urandom | base64 > {path}");
        if (value.Length > Secret.MaxLength)
            throw Refusal(path, $"the secret in it is longer than {Secret.MaxLength} bytes", "write a shorter one: 32 letters and digits are enough");
        if (value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0)
            throw Refusal(path, "there is a CR, LF or NUL inside the secret, which a line of a web server's configuration cannot have", "write the secret into one line, and nothing else");
        byte[] secret = value.ToArray();
        content.Clear();
        return secret;
    }

    private static int ReadAll(string path, Span<byte> content)
    {
        try
        {
            // A named pipe would let the program wait for ever.
            if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.Device) != 0)
                throw Refusal(path, "there is no such file", "write its path, which begins with a slash");
            using SafeFileHandle file = File.OpenHandle(path);
            if ((File.GetUnixFileMode(file) & Others) != 0)
                throw Refusal(path, "others than its owner may read or write it", $"chmod 600 {path}");
            return RandomAccess.Read(file, content, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refusal(path, "it cannot be read", $"let user {Libc.EffectiveUser} own it: install -m 600 -o USER");
        }
    }

    private static ShimException Refusal(string path, string fault, string cure) => SettingsFile.Refusal(Option, path, fault, cure);
}
