using System.Buffers;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Recording;

/// <summary>
/// Takes secrets out of what is kept: the values of names that secrets go by, and these values wherever else they stand, such as in what the
/// script wrote.
/// </summary>
/// <remarks>
/// A secret may stand before the place that shows what it is, so whoever uses this goes through everything until nothing new is found.
/// What is not recognised by a name stays: a capsule is no less confidential than the log of the application.
/// </remarks>
internal sealed class Redaction
{
    /// <summary>Shorter values are taken out at their place only: elsewhere they would hit what has nothing to do with them.</summary>
    private const int ShortestElsewhere = 6;

    /// <summary>A request has few secrets; one that has more is somebody's play.</summary>
    private const int MaxSecrets = 128;

    private readonly List<byte[]> _secrets = [];
    private readonly List<string> _places = [];

    /// <summary>What stands in the place of a secret.</summary>
    internal static ReadOnlySpan<byte> Mark => "[redacted]"u8;

    /// <summary>Where something was taken out.</summary>
    internal List<string> Places => _places;

    /// <summary>Whether values of this name are secrets: of a variable, a header, a parameter or a form's field.</summary>
    internal static bool IsSecret(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            ReadOnlySpan<byte> rest = name[i..];
            if (Begins(rest, "AUTHORIZATION"u8) || Begins(rest, "COOKIE"u8) || Begins(rest, "TOKEN"u8) || Begins(rest, "SECRET"u8) || Begins(rest, "PASS"u8) ||
                Begins(rest, "KEY"u8) || Begins(rest, "SESS"u8) || Begins(rest, "CREDENTIAL"u8) || Begins(rest, "JWT"u8))
            {
                return true;
            }
        }
        return Ascii.EqualsIgnoreCase(name, "pwd"u8);
    }

    /// <summary>A variable, NAME=VALUE.</summary>
    internal ReadOnlySpan<byte> Setting(string kind, ReadOnlySpan<byte> setting)
    {
        int equals = setting.IndexOf((byte)'=');
        if (equals < 0)
            return setting;
        ReadOnlySpan<byte> name = setting[..equals], value = setting[(equals + 1)..];
        string place = kind + " " + PrintableText.Of(name);
        // The working directory is no password.
        if (value.IsEmpty || name.SequenceEqual("PWD"u8) || !IsSecret(name))
            return (byte[])[.. name, (byte)'=', .. Pairs(place, value)];
        Learn(value, place);
        return (byte[])[.. name, (byte)'=', .. Mark];
    }

    /// <summary>Text that may hold NAME=VALUE pairs as a URL or a form does.</summary>
    internal ReadOnlySpan<byte> Pairs(string place, ReadOnlySpan<byte> text)
    {
        var result = new ArrayBufferWriter<byte>(text.Length + 1);
        ReadOnlySpan<byte> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOfAny("?&;# \r\n"u8);
            ReadOnlySpan<byte> pair = end < 0 ? rest : rest[..end];
            int equals = pair.IndexOf((byte)'=');
            if (equals >= 0 && equals + 1 < pair.Length && IsSecret(pair[..equals]))
            {
                Learn(pair[(equals + 1)..], place);
                result.Write(pair[..(equals + 1)]);
                result.Write(Mark);
            }
            else
            {
                result.Write(pair);
            }
            if (end < 0)
                break;
            result.Write(rest.Slice(end, 1));
            rest = rest[(end + 1)..];
        }
        return Text(place, result.WrittenSpan);
    }

    /// <summary>A script's reply: in its header there may be cookies.</summary>
    internal ReadOnlySpan<byte> Reply(ReadOnlySpan<byte> reply)
    {
        var result = new ArrayBufferWriter<byte>(reply.Length + 1);
        ReadOnlySpan<byte> rest = reply;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            int colon = line.IndexOf((byte)':');
            if (line.Trim((byte)'\r').IsEmpty)
                break;
            if (colon >= 0 && colon + 1 < line.Length && IsSecret(line[..colon]))
            {
                // What follows a cookie's value is about the cookie.
                ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \r"u8);
                int semicolon = value.IndexOf((byte)';');
                Learn(semicolon < 0 ? value : value[..semicolon], CapsuleSection.Reply);
                result.Write(line[..(colon + 1)]);
                result.Write(" "u8);
                result.Write(Mark);
            }
            else
            {
                result.Write(line);
            }
            result.Write(rest.Slice(line.Length, end < 0 ? 0 : 1));
            rest = rest[(line.Length + (end < 0 ? 0 : 1))..];
        }
        result.Write(rest);
        return Text(CapsuleSection.Reply, result.WrittenSpan);
    }

    /// <summary>Any other text: only what is known to be a secret is taken out.</summary>
    internal ReadOnlySpan<byte> Text(string place, ReadOnlySpan<byte> text)
    {
        foreach (byte[] secret in _secrets)
        {
            int at = text.IndexOf(secret);
            if (at < 0)
                continue;
            Note(place);
            var result = new ArrayBufferWriter<byte>(text.Length + 1);
            for (; at >= 0; at = text.IndexOf(secret))
            {
                result.Write(text[..at]);
                result.Write(Mark);
                text = text[(at + secret.Length)..];
            }
            result.Write(text);
            text = result.WrittenSpan;
        }
        return text;
    }

    /// <summary>A cookie's or scheme's name is no secret, what follows it is; and scripts write values as they decoded them.</summary>
    private void Learn(ReadOnlySpan<byte> value, string place)
    {
        if (value.SequenceEqual(Mark))
            return;
        Note(place);
        Add(value);
        foreach (Range range in value.Split((byte)';'))
        {
            ReadOnlySpan<byte> part = value[range].Trim((byte)' ');
            int nameEnd = part.IndexOfAny((byte)'=', (byte)' ');
            if (nameEnd >= 0)
                Add(part[(nameEnd + 1)..]);
        }
    }

    private void Add(ReadOnlySpan<byte> value)
    {
        AddOnce(value);
        byte[] spaced = value.ToArray();
        spaced.AsSpan().Replace((byte)'+', (byte)' ');
        AddOnce(PercentEncoding.Decode(value, new byte[value.Length]));
        AddOnce(PercentEncoding.Decode(spaced, new byte[value.Length]));
    }

    /// <summary>Longer ones first: of a secret that contains another nothing must be left.</summary>
    private void AddOnce(ReadOnlySpan<byte> value)
    {
        // A path, which cookies may hold, is no secret; and the mark must not be found in itself.
        if (value.Length < ShortestElsewhere || value[0] == (byte)'/' || Mark.IndexOf(value) >= 0 || _secrets.Count == MaxSecrets)
            return;
        int index = 0;
        for (; index < _secrets.Count && _secrets[index].Length >= value.Length; index++)
        {
            if (value.SequenceEqual(_secrets[index]))
                return;
        }
        _secrets.Insert(index, value.ToArray());
    }

    private void Note(string place)
    {
        if (!_places.Contains(place))
            _places.Add(place);
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word);
}
