using Shims.Gateway.Connections;

namespace Shims.Hosting;

/// <summary>The protocols of <see cref="ShimOptions.Protocols"/> by their names, and in the table of the library.</summary>
internal static class ShimProtocolNames
{
    private static readonly (ShimProtocols Value, Protocol Protocol)[] s_all =
        [(ShimProtocols.Scgi, Protocols.Scgi), (ShimProtocols.FastCgi, Protocols.FastCgi), (ShimProtocols.Uwsgi, Protocols.Uwsgi), (ShimProtocols.Ajp13, Protocols.Ajp13)];

    /// <summary>The words, as a sentence has them.</summary>
    internal static string Words => string.Join(", ", Array.ConvertAll(s_all, static line => line.Protocol.Word));

    /// <summary>The lines of the table.</summary>
    /// <exception cref="ArgumentException">There are none, or AJP13 is not alone.</exception>
    internal static Protocol[] Spoken(ShimProtocols protocols)
    {
        Protocol[] spoken = Array.ConvertAll(Array.FindAll(s_all, line => protocols.HasFlag(line.Value)), static line => line.Protocol);
        // A client would choose whether there is a secret.
        if (spoken.Length > 1 && protocols.HasFlag(ShimProtocols.Ajp13))
            throw new ArgumentException("AJP13 shares no socket with another protocol: name it alone", nameof(protocols));
        return spoken.Length > 0 ? spoken : throw new ArgumentException("no protocol is left that the program could speak", nameof(protocols));
    }

    /// <summary>Reads words with commas between them.</summary>
    /// <returns>Null if one of them is not the word of a protocol, or AJP13 is not alone.</returns>
    internal static ShimProtocols? Read(string words)
    {
        ShimProtocols read = ShimProtocols.None;
        foreach (string word in words.Split(','))
        {
            int found = Array.FindIndex(s_all, line => line.Protocol.Word == word);
            if (found < 0)
                return null;
            read |= s_all[found].Value;
        }
        return read != ShimProtocols.Ajp13 && read.HasFlag(ShimProtocols.Ajp13) ? null : read;
    }
}
