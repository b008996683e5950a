using System.CommandLine.Parsing;
using System.Globalization;
using Shims.Control.Recipes;
using Shims.Control.Servers.Writing;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary>The values of the options of <c>shimctl config</c>: validators that name what is wrong, and write what is right.</summary>
internal static class ConfigValues
{
    /// <summary>A path that each configuration can hold.</summary>
    internal static void Path(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (PlainPath.Objection(token.Value) is { } objection)
                option.AddError($"{option.Option.Name}: {objection}");
            else if (token.Value.StartsWith('-'))
                option.AddError($"{option.Option.Name} {token.Value} would be taken for an option: write ./{token.Value} for a file of that name");
        }
    }

    /// <summary>A recipe that exists.</summary>
    internal static void Recipe(OptionResult option)
    {
        string name = option.Tokens is [var token, ..] ? token.Value : "";
        if (name == RecipeArguments.List || RecipeCatalog.Find(name) is not null)
            return;
        string nearest = File.Exists(name) ? $"for the file of that name write ./{name}, or "
            : NearestWord.Among(name, RecipeCatalog.Names) is { } word ? $"write {word}, or " : "";
        option.AddError($"there is no recipe \"{name}\": {nearest}see shimctl config --recipe list");
    }

    /// <summary>Full paths that each configuration can hold.</summary>
    internal static void Paths(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (!token.Value.StartsWith('/') || token.Value.Trim('/').Length == 0)
                option.AddError($"{option.Option.Name} takes a path below /, not \"{token.Value}\": write it with a slash before it");
            else if (PlainPath.Objection(token.Value) is { } objection)
                option.AddError($"{option.Option.Name}: {objection}");
        }
    }

    /// <summary>Extensions of files, each with its dot.</summary>
    internal static void Extensions(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && !token.Value.Split(',').All(static extension => extension is ['.', _, ..]
            && extension.Skip(1).All(char.IsAsciiLetterOrDigit)))
            option.AddError($"--files takes extensions, not \"{token.Value}\": write for example --files .css,.js,.png");
    }

    /// <summary>A path of the site, below its root; or the root, if all of it may be an app.</summary>
    internal static void Url(OptionResult option, bool allowsRoot)
    {
        string url = option.Tokens is [var token, ..] ? token.Value : "";
        if (!url.StartsWith('/') || (url.Trim('/').Length == 0 && !allowsRoot))
            option.AddError($"--url takes a path below /, not \"{url}\": write for example --url /cgi-bin");
        else if (PlainPath.Objection(url) is { } objection)
            option.AddError($"--url: {objection}");
    }

    /// <summary>A TCP port.</summary>
    internal static void Port(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && (!int.TryParse(token.Value, out int port) || port is < 1 or > 65535))
            option.AddError($"--port takes a number from 1 to 65535, not \"{token.Value}\": write for example --port 9000");
    }

    /// <summary>A number of processes.</summary>
    internal static void Processes(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 64))
            option.AddError($"--processes takes a number from 1 to 64, not \"{token.Value}\": write for example --processes 3");
    }

    /// <summary>Words that each configuration can hold.</summary>
    internal static void Words(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (PlainPath.WordObjection(token.Value) is { } objection)
                option.AddError($"{option.Option.Name}: {objection}");
        }
    }

    /// <summary>A number of bytes.</summary>
    internal static void Size(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && BodySize.Parse(token.Value) is null)
            option.AddError($"--max-body takes a number with K, M or G, not \"{token.Value}\": write for example --max-body 100M");
    }

    /// <summary>A number of seconds, up to a day.</summary>
    internal static void Seconds(OptionResult option)
    {
        if (option.Tokens is [var token, ..]
            && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > 86400))
        {
            option.AddError($"{option.Option.Name} takes a number of seconds from 1 to 86400, not \"{token.Value}\": write for example " +
                $"{option.Option.Name} 600");
        }
    }

    /// <summary>A path of the site and a folder.</summary>
    internal static void Aliases(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (token.Value.Split('=', 2) is not [['/', _, ..] url, ['/', ..] folder] || url.Trim('/').Length == 0
                || folder.Trim('/').Length == 0)
            {
                option.AddError($"--alias takes /URL=DIR, not \"{token.Value}\": write both with a slash before them, for example " +
                    "--alias /awstats-icon=/usr/share/awstats/icon");
            }
            else if ((PlainPath.Objection(url) ?? PlainPath.Objection(folder)) is { } objection)
                option.AddError($"--alias: {objection}");
        }
    }
}
