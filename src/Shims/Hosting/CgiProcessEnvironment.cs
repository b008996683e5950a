using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The environment of this process as the variables of a request, byte for byte; .NET's own view of it is text.</summary>
internal static class CgiProcessEnvironment
{
    /// <summary>NAME 00 VALUE 00 ..., see <see cref="Cgi.CgiVariables"/>.</summary>
    internal static byte[] Read()
    {
        // NAME=VALUE 00 ...: the first equals sign of each entry becomes the NUL.
        byte[] block = ProcessEnvironment.Read();
        var variables = new byte[block.Length + 1];
        int length = 0;
        ReadOnlySpan<byte> rest = block;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> entry = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int equals = entry.IndexOf((byte)'=');
            if (equals <= 0)
                continue;
            entry.CopyTo(variables.AsSpan(length));
            variables[length + equals] = 0;
            length += entry.Length;
            variables[length++] = 0;
        }
        return variables[..length];
    }
}
