using System.Collections;
using System.Text;

namespace Shims.Posix;

/// <summary>The environment that this process was started with.</summary>
internal static class ProcessEnvironment
{
    private const string Kept = "/proc/self/environ";

    /// <summary>NAME=VALUE 00 ..., byte for byte. Without /proc as .NET has it, which replaces what is not UTF-8.</summary>
    internal static byte[] Read() => File.Exists(Kept) ? File.ReadAllBytes(Kept) : Encode(Environment.GetEnvironmentVariables());

    private static byte[] Encode(IDictionary variables)
    {
        var block = new StringBuilder();
        foreach (DictionaryEntry variable in variables)
            block.Append(variable.Key).Append('=').Append(variable.Value).Append('\0');
        return Encoding.UTF8.GetBytes(block.ToString());
    }
}
