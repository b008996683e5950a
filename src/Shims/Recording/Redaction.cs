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
/// A secret may stand before the place that shows what it is, so the caller goes through everything until nothing new is found.
/// What is not recognised by a name stays: a capsule is as confidential as the log of the application.
/// </remarks>
internal sealed class Redaction
{
    /// <summary>Values of either origin.</summary>
    private const int MaxValues = 128;

    /// <summary>Bytes that are looked at beyond those that are kept, so that a secret at the edge is whole.</summary>
    internal const int Margin = 4096;

    /// <summary>The values of the service itself: a visitor who sends many of his own cannot push them out.</summary>
    private readonly KnownSecrets _own = new(MaxValues);

    /// <summary>The values of a request's variables that go by a secret's name, such as headers; many parameters cannot push these out either.</summary>
    private readonly KnownSecrets _named = new(MaxValues);

    /// <summary>The values of parameters, of fields of a form, and of the response's header.</summary>
    private readonly KnownSecrets _sent = new(MaxValues);
    private readonly List<string> _places = [];

    /// <summary>The replacement of a secret.</summary>
    internal static ReadOnlySpan<byte> Mark => "[redacted]"u8;

    /// <summary>The places where something was removed.</summary>
    internal List<string> Places => _places;

    /// <summary>True if values of this name are secrets: of a variable, a header, a parameter or a form's field.</summary>
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

    /// <summary>Learns a variable of the script's environment that did not come with the request. Done for all of them before anything of the request.</summary>
    internal void LearnOwn(ReadOnlySpan<byte> setting)
    {
        int equals = setting.IndexOf((byte)'=');
        if (equals >= 0 && IsSecretSetting(setting[..equals]))
            Learn(setting[(equals + 1)..], _own);
    }

    /// <summary>A variable, NAME=VALUE.</summary>
    internal ReadOnlySpan<byte> Setting(string kind, ReadOnlySpan<byte> setting)
    {
        int equals = setting.IndexOf((byte)'=');
        if (equals < 0)
            return setting;
        ReadOnlySpan<byte> name = setting[..equals], value = setting[(equals + 1)..];
        string place = kind + " " + PrintableText.Of(name);
        if (value.IsEmpty || !IsSecretSetting(name))
            return (byte[])[.. name, (byte)'=', .. Pairs(place, value)];
        Note(place);
        Learn(value, _named);
        return (byte[])[.. name, (byte)'=', .. Mark];
    }

    /// <summary>Text that may hold NAME=VALUE pairs as a URL or a form does.</summary>
    internal ReadOnlySpan<byte> Pairs(string place, ReadOnlySpan<byte> text, TextCut cut = TextCut.None)
    {
        var result = new ArrayBufferWriter<byte>(text.Length + 1);
        WritePairs(place, text, result);
        return Text(place, result.WrittenSpan, cut);
    }

    /// <summary>A script's response: in its header there may be cookies, and URLs with parameters.</summary>
    internal ReadOnlySpan<byte> Reply(ReadOnlySpan<byte> reply, TextCut cut = TextCut.None)
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
                Note(CapsuleSection.Reply);
                Learn(semicolon < 0 ? value : value[..semicolon], _sent);
                result.Write(line[..(colon + 1)]);
                result.Write(" "u8);
                result.Write(Mark);
            }
            else if (colon >= 0)
            {
                result.Write(line[..(colon + 1)]);
                WritePairs(CapsuleSection.Reply, line[(colon + 1)..], result);
            }
            else
            {
                result.Write(line);
            }
            result.Write(rest.Slice(line.Length, end < 0 ? 0 : 1));
            rest = rest[(line.Length + (end < 0 ? 0 : 1))..];
        }
        result.Write(rest);
        return Text(CapsuleSection.Reply, result.WrittenSpan, cut);
    }

    /// <summary>Any other text: only what is known to be a secret is taken out, in whatever spelling it stands there.</summary>
    internal ReadOnlySpan<byte> Text(string place, ReadOnlySpan<byte> text, TextCut cut = TextCut.None)
    {
        var found = new List<(int Start, int End)>();
        foreach (UnescapedText spelling in UnescapedText.AllOf(text.ToArray()))
        {
            _own.Find(spelling, cut, found);
            _named.Find(spelling, cut, found);
            _sent.Find(spelling, cut, found);
        }
        if (found.Count == 0)
            return text;
        Note(place);
        found.Sort();
        var result = new ArrayBufferWriter<byte>(text.Length + 1);
        int copied = 0;
        for (int i = 0; i < found.Count;)
        {
            (int start, int end) = found[i];
            // Where one contains or overlaps another, nothing of either is left.
            for (i++; i < found.Count && found[i].Start < end; i++)
                end = Math.Max(end, found[i].End);
            result.Write(text[copied..start]);
            result.Write(Mark);
            copied = end;
        }
        result.Write(text[copied..]);
        return result.WrittenSpan;
    }

    private void WritePairs(string place, ReadOnlySpan<byte> text, ArrayBufferWriter<byte> result)
    {
        ReadOnlySpan<byte> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOfAny("?&;# \r\n"u8);
            ReadOnlySpan<byte> pair = end < 0 ? rest : rest[..end];
            int equals = pair.IndexOf((byte)'=');
            // The name may be spelt with escapes too.
            if (equals >= 0 && equals + 1 < pair.Length && IsSecret(PercentEncoding.Decode(pair[..equals], new byte[equals])))
            {
                if (!pair[(equals + 1)..].SequenceEqual(Mark))
                    Note(place);
                Learn(pair[(equals + 1)..], _sent);
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
    }

    /// <summary>A cookie's or scheme's name is not a secret, the text after it is; and scripts write values as they decoded them.</summary>
    private static void Learn(ReadOnlySpan<byte> value, KnownSecrets secrets)
    {
        Add(value, secrets);
        foreach (Range range in value.Split((byte)';'))
        {
            ReadOnlySpan<byte> part = value[range].Trim((byte)' ');
            int nameEnd = part.IndexOfAny((byte)'=', (byte)' ');
            if (nameEnd < 0)
                continue;
            Add(part[(nameEnd + 1)..], secrets);
            if (Ascii.EqualsIgnoreCase(part[..nameEnd], "Basic"u8))
                AddBasic(part[(nameEnd + 1)..].Trim((byte)' '), secrets);
        }
    }

    /// <summary>USER:PASSWORD in base64. RFC 7617 section 2.</summary>
    private static void AddBasic(ReadOnlySpan<byte> encoded, KnownSecrets secrets)
    {
        var decoded = new byte[encoded.Length + 4];
        byte[] padded = [.. encoded.TrimEnd((byte)'='), .. "==="u8[..((4 - (encoded.TrimEnd((byte)'=').Length % 4)) % 4)]];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(padded, decoded, out _, out int count) != OperationStatus.Done)
            return;
        ReadOnlySpan<byte> pair = decoded.AsSpan(0, count);
        secrets.Add(pair);
        secrets.Add(pair[(pair.IndexOf((byte)':') + 1)..]);
    }

    private static void Add(ReadOnlySpan<byte> value, KnownSecrets secrets)
    {
        secrets.Add(value);
        secrets.Add(PercentEncoding.Decode(value, new byte[value.Length]));
        byte[] spaced = value.ToArray();
        spaced.AsSpan().Replace((byte)'+', (byte)' ');
        secrets.Add(PercentEncoding.Decode(spaced, new byte[value.Length]));
    }

    /// <summary>Keeps PWD: the working directory is not a password.</summary>
    private static bool IsSecretSetting(ReadOnlySpan<byte> name) => !name.SequenceEqual("PWD"u8) && IsSecret(name);

    private void Note(string place)
    {
        if (!_places.Contains(place))
            _places.Add(place);
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word);
}
