using System.Text;

namespace Shims.Hosting;

/// <summary>Messages for the next page that the browser gets, kept in a signed cookie until then.</summary>
/// <param name="cookies">The cookies of the request.</param>
/// <param name="isSecure">True if the request has come over HTTPS.</param>
internal sealed class OneTimeMessages(SignedCookies cookies, bool isSecure)
{
    /// <summary>Bytes of UTF-8 of a message.</summary>
    private const int MaxMessage = 1024;

    /// <summary>Bytes of all messages, which have to fit into a cookie: older ones make room.</summary>
    private const int MaxAll = 2048;

    /// <summary>RECORD SEPARATOR.</summary>
    private const char Separator = '\u001e';

    private List<string>? _waiting;

    private string Name => field ??= OwnCookies.NameFor("messages", isSecure);

    /// <summary>A browser without cookies has no messages, and needs no key.</summary>
    private List<string> Waiting => _waiting ??= !cookies.IsEmpty && cookies[Name] is { } text ? [.. text.Split(Separator)] : [];

    internal void Add(string text, ResponseCookies response)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxMessage)
            throw new ArgumentException($"A message has up to {MaxMessage} bytes: it is kept in a cookie.", nameof(text));
        Waiting.Add(text.Replace(Separator, ' '));
        string all;
        while (Encoding.UTF8.GetByteCount(all = string.Join(Separator, Waiting)) > MaxAll)
            Waiting.RemoveAt(0);
        response.AddSigned(Name, all);
    }

    internal string[] Take(ResponseCookies response)
    {
        string[] taken = [.. Waiting];
        _waiting = [];
        if (taken.Length > 0)
            response.Delete(Name);
        return taken;
    }
}
