using System.Text;
using Shims.Cgi;

namespace Shims.Control.Serve;

/// <summary>Searches requests for words: in the request line, headers, variables, bodies, standard error and findings.</summary>
internal sealed class RequestSearch
{
    private const int MaxWords = 10, MaxLength = 200;

    private readonly string[] _words;

    /// <param name="query">Words separated by blanks. Each must occur, in upper or lower case; digits must occur as a whole
    /// number.</param>
    internal RequestSearch(string query) => _words = [.. query[..Math.Min(query.Length, MaxLength)]
        .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxWords)];

    /// <summary>A request that was found.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="Places">The places where words were found that are not in its line of the list.</param>
    internal sealed record Match(int Id, IReadOnlyList<string> Places);

    /// <summary>Searches a request.</summary>
    /// <returns>Null if a word does not occur.</returns>
    internal Match? Find(RequestRecord record) => record.Look(noted =>
    {
        var places = new List<string>();
        foreach (string word in _words)
        {
            if (PlaceOf(noted, word) is not { } place)
                return null;
            if (place.Length > 0 && !places.Contains(place))
                places.Add(place);
        }
        return new Match(noted.Id, places);
    });

    /// <summary>The first place where a word occurs; empty for the line of the list; null if it does not.</summary>
    private static string? PlaceOf(RequestRecord noted, string word)
    {
        foreach ((string place, IEnumerable<string> texts) in Texts(noted))
        {
            if (texts.Any(text => Contains(text, word)))
                return place;
        }
        return null;
    }

    /// <summary>The texts of a request. Each is made only if the word was not found before.</summary>
    private static IEnumerable<(string Place, IEnumerable<string> Texts)> Texts(RequestRecord noted)
    {
        yield return ("", [noted.Method, noted.Target, $"{noted.Status}", noted.State.ToString(), $"#{noted.Id}"]);
        yield return ("query", [Decoded(Encoding.UTF8.GetBytes(noted.Target))]);
        yield return ("cause", [noted.Trouble ?? "", noted.Exit ?? "", noted.Origin.Capsule ?? ""]);
        yield return ("standard error", [Encoding.UTF8.GetString(noted.StandardError.Bytes)]);
        yield return ("headers of the request", noted.RequestHeaders.Select(header => $"{header.Name}: {header.Value}"));
        yield return ("headers of the response", noted.ResponseHeaders.Select(header => $"{header.Name}: {header.Value}"));
        yield return ("variables", noted.Variables.Select(variable => $"{variable.NameText}={variable.ValueText}"));
        yield return ("body of the request", [Encoding.UTF8.GetString(noted.RequestBody.Bytes), Decoded(noted.RequestBody.Bytes)]);
        yield return ("body of the response", [Encoding.UTF8.GetString(noted.ResponseBody.Bytes)]);
        yield return ("findings", noted.Findings.Select(finding => $"{finding.Cause} {finding.Advice} {finding.Command}"));
        yield return ("command", noted.Command);
    }

    private static string Decoded(ReadOnlySpan<byte> encoded)
    {
        if (!encoded.ContainsAny((byte)'+', (byte)'%'))
            return "";
        byte[] bytes = encoded.ToArray();
        bytes.AsSpan().Replace((byte)'+', (byte)' ');
        return Encoding.UTF8.GetString(PercentEncoding.Decode(bytes, bytes));
    }

    private static bool Contains(string text, string word)
    {
        bool isNumber = word.All(char.IsAsciiDigit);
        for (int at = 0; (at = text.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            bool isInNumber = IsDigitAt(text, at - 1) || IsDigitAt(text, at + word.Length);
            if (!isNumber || !isInNumber)
                return true;
        }
        return false;
    }

    private static bool IsDigitAt(string text, int index) => index >= 0 && index < text.Length && char.IsAsciiDigit(text[index]);
}
