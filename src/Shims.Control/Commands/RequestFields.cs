using System.CommandLine.Parsing;
using Shims.Control.Client;

namespace Shims.Control.Commands;

/// <summary>Method, headers and variables of a request, as written on the command line.</summary>
internal static class RequestFields
{
    /// <summary>Checks that the method is a token: RFC 9110 section 9.1.</summary>
    internal static void CheckMethod(OptionResult option)
    {
        if (option.Tokens is [var token] && !IsToken(token.Value))
            option.AddError($"-X takes a method, not \"{token.Value}\": write for example -X PUT");
    }

    /// <summary>Refuses headers that no web server passes on.</summary>
    internal static void CheckHeaders(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            (string name, string value) = ParseHeader(token.Value);
            if (!IsToken(name))
                option.AddError($"-H takes 'NAME: VALUE', not \"{token.Value}\": write for example -H 'Accept-Language: de'");
            else if (value.Any(character => char.IsControl(character) && character != '\t'))
            {
                option.AddError($"the header {name} contains a line end or another control character, which web servers refuse: leave " +
                    $"it out, or set the variable: --param HTTP_{name.ToUpperInvariant().Replace('-', '_')}=VALUE");
            }
            else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                option.AddError("-H Content-Length is not allowed, as shimctl counts the body: leave it out; --param CONTENT_LENGTH=N " +
                    "sends a wrong length");
            }
            else if (TestRequest.IsDropped(name))
            {
                option.AddError($"nginx drops a header with an underscore in its name ({name}; underscores_in_headers): write - for _, " +
                    $"or --param HTTP_{name.ToUpperInvariant()}=VALUE");
            }
        }
    }

    /// <summary>Refuses a variable without a name.</summary>
    internal static void CheckParameters(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (ParseParameter(token.Value).Name.Length == 0)
                option.AddError($"--param takes NAME=VALUE, not \"{token.Value}\": write for example --param REMOTE_USER=ada");
        }
    }

    /// <summary>Splits <c>NAME: VALUE</c>. The name is empty if there is no colon.</summary>
    internal static (string Name, string Value) ParseHeader(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("", "") : (text[..colon], text[(colon + 1)..].Trim());
    }

    /// <summary>Splits <c>NAME=VALUE</c>. The value is null if there is no equals sign.</summary>
    internal static (string Name, string? Value) ParseParameter(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    /// <summary>Adds a default header.</summary>
    internal static void AddUnlessThere(List<(string Name, string Value)> headers, string name, string value)
    {
        if (!headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            headers.Add((name, value));
    }

    private static bool IsToken(string text) => text.Length > 0
        && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));
}
